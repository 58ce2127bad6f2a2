import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.factories.meetings import STARTS
from tests.functional.meetings.conftest import Site, Visitor
from tests.servers.google import JORDAN, RIVERA

REQUEST_ID = re.compile(r'name="request_id"[^>]*value="([^"]+)"')


def slot_fields(site: Site, page: str, **changes: str) -> dict[str, str]:
    found = REQUEST_ID.search(page)
    assert found
    world = site.scene.world
    return {
        "request_id": found.group(1),
        "pairing": str(world.pairing_id),
        "date": "2026-11-24",
        "start": "10:00",
        "minutes": "30",
        "channel": "video",
        "place": "school",
        "supervisor": str(world.rivera_id),
        "backup": str(world.chen_id),
        **changes,
    }


def running(site: Site) -> tuple[UUID, Visitor]:
    meeting_id = site.scene.ready_meeting()
    supervisor = site.supervisor()
    supervisor.get(f"/meetings/{meeting_id}")
    assert supervisor.post(f"/meetings/{meeting_id}/open-door").status_code == 303
    site.scene.drain()
    return meeting_id, supervisor


def test_a_teacher_opens_a_slot_once_however_often_it_is_sent(site: Site) -> None:
    teacher = site.teacher()
    assert "Jordan Ellis with Maya Torres" in teacher.get("/meetings/open").text
    fields = slot_fields(site, teacher.page)
    first = teacher.post("/meetings/open", **fields)
    assert first.status_code == 303
    assert teacher.post("/meetings/open", **fields).location == first.location
    page = teacher.get(first.location).text
    assert "Being prepared" in page
    site.scene.drain()
    assert "Confirmed" in teacher.get(first.location).text
    assert "Jordan Ellis with Maya Torres" in teacher.get("/meetings").text


def test_what_stands_in_the_way_is_listed_and_what_was_typed_is_kept(site: Site) -> None:
    teacher = site.teacher()
    teacher.get("/meetings/open")
    world = site.scene.world
    fields = slot_fields(
        site, teacher.page, backup=str(world.rivera_id), agenda="Their first day at work"
    )
    answer = teacher.post("/meetings/open", **fields)
    assert answer.status_code == 422
    assert "Name somebody else as backup." in answer.text
    assert "Their first day at work" in answer.text


@pytest.mark.parametrize(
    ("day", "time", "sentence"),
    [
        ("2027-03-14", "02:30", "Choose another time."),
        ("2026-11-23", "09:00", "Choose a time that lies ahead."),
    ],
)
def test_a_time_that_cannot_be_is_refused(site: Site, day: str, time: str, sentence: str) -> None:
    teacher = site.teacher()
    teacher.get("/meetings/open")
    fields = slot_fields(site, teacher.page, date=day, start=time)
    answer = teacher.post("/meetings/open", **fields)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_a_time_that_occurs_twice_is_asked_about(site: Site) -> None:
    site.scene.clock.at = STARTS.replace(day=1, month=10)
    teacher = site.teacher()
    teacher.get("/meetings/open")
    fields = slot_fields(site, teacher.page, date="2026-11-01", start="01:30")
    asked = teacher.post("/meetings/open", **fields)
    assert "The second of the two" in asked.text


def test_the_status_costs_nothing_until_it_changes(site: Site) -> None:
    meeting_id, teacher = site.scene.open_slot(), site.teacher()
    first = teacher.get(f"/meetings/{meeting_id}/status")
    tag = first.headers["ETag"]
    assert "data-final" not in first.text
    same = teacher.get(f"/meetings/{meeting_id}/status", **{"If-None-Match": tag})
    assert (same.status_code, same.text) == (304, "")
    site.scene.drain()
    changed = teacher.get(f"/meetings/{meeting_id}/status", **{"If-None-Match": tag})
    assert "Confirmed" in changed.text
    assert "data-final" not in changed.text, "a lapse still has to show on a page left open"


def test_the_link_is_nowhere_before_staff_open_and_is_given_by_a_post_only(site: Site) -> None:
    meeting_id = site.scene.ready_meeting()
    student = site.student()
    waiting = student.get(f"/meetings/{meeting_id}").text
    assert "Your supervisor opens the meeting" in waiting
    assert "join-meeting" not in waiting
    site.scene.open(meeting_id)
    for visitor in (student, site.mentor(), site.supervisor()):
        page = visitor.get(f"/meetings/{meeting_id}").text
        assert 'data-form="join-meeting"' in page
        assert "/meet/" not in page
        assert visitor.client.get(f"/meetings/{meeting_id}/join").status_code == 405
        answer = visitor.post(f"/meetings/{meeting_id}/join")
        assert answer.status_code == 303
        assert answer.location == site.scene.room(meeting_id)["meetingUri"]


def test_joining_before_the_door_is_open_is_refused_in_words(site: Site) -> None:
    meeting_id = site.scene.ready_meeting()
    visitor = site.supervisor()
    visitor.get(f"/meetings/{meeting_id}")
    answer = visitor.post(f"/meetings/{meeting_id}/join")
    assert answer.status_code == 422
    assert "opens the meeting" in answer.text


def test_a_supervisor_names_a_joiner_closes_and_sees_the_minutes(site: Site) -> None:
    scene = site.scene
    scene.bind_google_users()
    meeting_id, supervisor = running(site)
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 0, email=JORDAN)
    scene.step(meeting_id, "join", 0, anonymous="Maya T")
    scene.clock.at = STARTS + timedelta(minutes=1)
    scene.tick()
    page = supervisor.get(f"/meetings/{meeting_id}").text
    assert "Not known" in page
    action = re.search(r'action="(/meetings/[^"]+/joiners/[^"]+)"', page)
    assert action
    named = supervisor.post(action.group(1), person=str(scene.world.student_id))
    assert named.status_code == 303
    assert ", named by staff" in supervisor.get(f"/meetings/{meeting_id}").text
    scene.clock.at = STARTS + timedelta(minutes=10)
    scene.step(meeting_id, "end", 10)
    assert supervisor.post(f"/meetings/{meeting_id}/close").status_code == 303
    scene.drain()
    outcome = supervisor.get(f"/meetings/{meeting_id}")
    assert 'data-form="name-outcome"' in outcome.text
    assert supervisor.post(f"/meetings/{meeting_id}/outcome", outcome="short").status_code == 303
    minutes = supervisor.get(f"/meetings/{meeting_id}/minutes").text
    assert "10 minutes count." in minutes
    mine = site.student().get(f"/meetings/{meeting_id}").text
    assert "<strong>10 minutes</strong>" in mine


def test_a_correction_on_the_page_needs_a_second_person(site: Site) -> None:
    meeting_id, supervisor = running(site)
    site.scene.clock.at += timedelta(minutes=25)
    supervisor.get(f"/meetings/{meeting_id}")
    supervisor.post(f"/meetings/{meeting_id}/close")
    path = f"/meetings/{meeting_id}/minutes"
    supervisor.get(path)
    world = site.scene.world
    fields = {
        "person": str(world.student_id),
        "start": "10:00",
        "end": "10:20",
        "reason": "I sat beside her.",
    }
    assert supervisor.post(path, **fields).status_code == 303
    page = supervisor.get(path).text
    confirm = re.search(r'action="([^"]+/confirm)"', page)
    assert confirm
    assert supervisor.post(confirm.group(1)).status_code == 422
    backup = site.outside(world.chen_id)
    backup.get(path)
    assert backup.post(confirm.group(1)).status_code == 303
    assert "confirmed by David Chen" in backup.get(path).text


def test_a_stale_cover_shows_the_newer_state_and_keeps_the_choice(site: Site) -> None:
    meeting_id = site.scene.open_slot()
    teacher, world = site.teacher(), site.scene.world
    teacher.get(f"/meetings/{meeting_id}")
    fields = {"supervisor": str(world.okafor_id), "backup": str(world.chen_id)}
    assert teacher.post(f"/meetings/{meeting_id}/cover", version="1", **fields).status_code == 303
    fields = {"supervisor": str(world.chen_id), "backup": str(world.rivera_id)}
    stale = teacher.post(f"/meetings/{meeting_id}/cover", version="1", **fields)
    assert stale.status_code == 409
    assert "Somebody else changed this meeting" in stale.text


@pytest.mark.parametrize("path", ["", "/status", "/minutes"])
def test_a_foreign_meeting_is_not_there(site: Site, path: str) -> None:
    meeting_id = site.scene.open_slot()
    stranger = site.in_course(site.scene.world.other_student_id, "student")
    wanted = {404} if path != "/minutes" else {403, 404}
    assert stranger.get(f"/meetings/{meeting_id}{path}").status_code in wanted
    assert site.teacher().get(f"/meetings/{uuid4()}{path}").status_code == 404


def test_a_mentor_and_a_student_see_nobody_who_watches(site: Site) -> None:
    meeting_id, _ = running(site)
    for visitor in (site.mentor(), site.student()):
        page = visitor.get(f"/meetings/{meeting_id}").text
        assert "Who is in the room" not in page
        assert "harbor.example" not in page
        assert "brightworks.example" not in page


def test_the_bare_address_identifies_nobody(site: Site) -> None:
    meeting_id = site.scene.open_slot()
    client = site.app.test_client()
    known, unknown = client.get(f"/m/{meeting_id}"), client.get(f"/m/{uuid4()}")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert "Open Career Mentoring in your course" in known.text
    assert "Jordan" not in known.text
    assert site.mentor().get(f"/m/{meeting_id}").location == f"/meetings/{meeting_id}"


def test_a_cancelled_meeting_says_so_to_everybody(site: Site) -> None:
    meeting_id, teacher = site.scene.open_slot(), site.teacher()
    teacher.get(f"/meetings/{meeting_id}")
    assert teacher.post(f"/meetings/{meeting_id}/cancel").status_code == 303
    site.scene.drain()
    assert "There is nothing to do." in site.student().get(f"/meetings/{meeting_id}").text
