"""The journey's second half: the mentor comes, a meeting takes place, feedback, and a lapse."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from sandbox.scenario import meeting_steps, world
from tests.e2e.cast import Cast
from tests.e2e.course_phases import MENTOR, MENTOR_ADDRESS, STUDENT
from tests.e2e.people import Person

STUDENT_ADDRESS = "maya@students.harborcareer.example"
CODE = re.compile(rf"{re.escape(MENTOR_ADDRESS)}.*?Your code is: (\d{{6}})")
START = meeting_steps.START
HERE = "main [data-poll]"
# The call begins before ten and is real: how long everybody takes to come in is not ours to say.
COUNTED = re.compile(r"\b(2[6-9]|3[01])( of \d+)? minutes count")
BEING_PREPARED = "Being prepared"


def the_mentor_signs_in(cast: Cast) -> None:
    mentor = cast.outside("jordan")
    mentor.page.goto(f"{cast.stage.tool_url}/")
    mentor.look()
    mentor.page.goto(f"{cast.stage.tool_url}/sign-in")
    mentor.look()
    mentor.fill("sign-in-ask", email=MENTOR_ADDRESS)
    mentor.send("sign-in-ask")
    mentor.arrives("/sign-in/code")
    mentor.look()
    code = _mailed_code(mentor)
    mentor.onlooker.secrets.add(code)
    mentor.fill("sign-in-code", code=code)
    mentor.send("sign-in-code")
    mentor.arrives("/mentor")
    mentor.sees(MENTOR)
    mentor.look()
    mentor.follow("devices")
    mentor.arrives("/devices")
    mentor.look()
    mentor.go_back()
    mentor.arrives("/mentor")


def _mailed_code(person: Person) -> str:
    mail = person.context.new_page()
    mail.goto(f"{person.onlooker.tool_url}/demo/mail")
    while not (found := CODE.search(" ".join(mail.locator("main").inner_text().split()))):
        mail.reload()
    person.onlooker.look(mail, mail.locator("html"))
    mail.close()
    return found[1]


def the_teacher_opens_a_slot(cast: Cast) -> None:
    cast.stage.google.post("faults", service="meet", mode="slow", seconds=6.0, times=1)
    teacher = cast.in_course("rivera")
    _open_slot(cast, cast.stage.now().date())
    teacher.root.evaluate("() => { window.sameDocument = true; }")
    expect(teacher.find(HERE)).to_contain_text(BEING_PREPARED)
    teacher.look()
    expect(teacher.find(HERE)).to_contain_text("Confirmed")
    assert teacher.root.evaluate("() => window.sameDocument")
    teacher.look()
    cast.stage.found["meeting_path"] = teacher.path
    calendar = teacher.context.new_page()
    calendar.goto(f"{cast.stage.google.url}/calendars/{world.RIVERA.address}")
    expect(calendar.get_by_role("link", name=re.compile(teacher.path[-36:]))).to_have_count(1)
    teacher.onlooker.look(calendar, calendar.locator("html"))
    calendar.close()
    teacher.go("/meetings")
    expect(teacher.find('a[data-action="meeting"]')).to_have_count(1)
    teacher.look()


def _open_slot(cast: Cast, day: date) -> None:
    teacher = cast.in_course("rivera")
    teacher.open_tool()
    teacher.go("/meetings")
    teacher.look()
    teacher.follow("open-slot")
    teacher.arrives("/meetings/open")
    teacher.choose("slot", "pairing", MENTOR)
    teacher.choose("slot", "supervisor", "Rivera")
    teacher.choose("slot", "backup", "Chen")
    teacher.fill(
        "slot",
        date=day.isoformat(),
        start=START.strftime("%H:%M"),
        minutes="30",
        channel="video",
        place="school",
        agenda="Three ways into engineering",
    )
    teacher.look()
    teacher.send("slot")
    teacher.arrives("/meetings/*")


def everybody_comes_to_the_room(cast: Cast) -> None:
    path = cast.stage.found["meeting_path"]
    _move_to(cast, 10, -5)
    teacher, student = cast.in_course("rivera"), cast.in_course("maya")
    mentor = cast.outside("jordan")
    mentor.page.goto(f"{cast.stage.tool_url}/m/{path[-36:]}")
    mentor.arrives(path)
    student.open_tool()
    student.look()
    student.follow("show-meeting")
    student.arrives(path)
    for person in (mentor, student):
        expect(person.form("join-meeting")).to_have_count(0)
        expect(person.find(HERE)).to_contain_text("Wait here")
        person.look()
    teacher.open_tool()
    teacher.find(f'main a[href="{path}"]').first.click()
    teacher.arrives(path)
    teacher.look()
    teacher.send("open-meeting")
    expect(teacher.find(HERE)).to_contain_text("Open now")
    teacher.look()
    # Nobody reloads: the waiting pages show by themselves that the door is open.
    rooms = {}
    for person, address in (
        (teacher, world.RIVERA.address),
        (mentor, MENTOR_ADDRESS),
        (student, STUDENT_ADDRESS),
    ):
        expect(person.form("join-meeting")).to_be_visible()
        person.look()
        rooms[person.name] = _join(cast, person, address)
    for guest in ("jordan", "maya"):
        rooms["rivera"].get_by_role("button", name=re.compile("Admit")).first.click()
        expect(rooms[guest].locator(".state")).to_contain_text("You are in the call")
    person = cast.in_course("rivera")
    person.onlooker.look(rooms["rivera"], rooms["rivera"].locator("html"))
    cast.rooms = rooms


def _join(cast: Cast, person: Person, address: str) -> Page:
    room = person.open_tab_by("join-meeting")
    assert room.url.startswith(f"{cast.stage.google.url}/meet/")
    assert room.evaluate("document.referrer") == ""
    room.get_by_label("Google account").select_option(f"email:{address}")
    room.get_by_role("button", name="Join with this account").click()
    expect(room.locator(".state")).to_contain_text("You ")
    return room


def the_supervisor_watches_and_closes(cast: Cast) -> None:
    teacher = cast.in_course("rivera")
    expect(teacher.find(HERE)).to_contain_text("Not known")
    teacher.look()
    teacher.choose("name-joiner", "person", STUDENT)
    teacher.send("name-joiner")
    expect(teacher.find(HERE)).to_contain_text("named by staff")
    teacher.look()
    host = cast.rooms["rivera"]
    _move_to(cast, 10, 12)
    host.get_by_role("button", name="Leave").click()
    expect(host.locator(".state")).to_contain_text("outside the call")
    _move_to(cast, 10, 16)
    host.get_by_role("button", name="Join", exact=True).click()
    expect(host.locator(".state")).to_contain_text("You are in the call")
    _move_to(cast, 10, 31)
    for room in reversed(cast.rooms.values()):
        room.get_by_role("button", name="Leave").click()
        expect(room.locator(".state")).to_contain_text("outside the call")
        room.close()
    teacher.confirm("close-meeting")
    expect(teacher.find(HERE)).to_contain_text("minutes are complete")
    teacher.look()
    teacher.follow("ledger")
    teacher.arrives(f"{cast.stage.found['meeting_path']}/minutes")
    expect(teacher.find("main")).to_contain_text(re.compile(r"[45] minutes without staff"))
    expect(teacher.find("main")).to_contain_text(COUNTED)
    teacher.tool.get_by_text("Show the minutes as a table").click()
    teacher.look()
    student = cast.in_course("maya")
    expect(student.find(HERE)).to_contain_text("over")
    student.look()


def feedback_is_given(cast: Cast) -> None:
    teacher, student = cast.in_course("rivera"), cast.in_course("maya")
    mentor = cast.outside("jordan")
    teacher.go("/feedback")
    teacher.look()
    meeting_id = cast.stage.found["meeting_path"][-36:]
    teacher.find(f'main a[href="/feedback/{meeting_id}"]').first.click()
    teacher.arrives(f"/feedback/{meeting_id}")
    teacher.look()
    teacher.send("ask-feedback")
    expect(teacher.find(HERE).get_by_text("Ready")).to_have_count(2)
    teacher.look()
    student.open_tool()
    mentor.page.goto(f"{cast.stage.tool_url}/mentor")
    for person, words in ((student, "I am very curious now."), (mentor, "She asked well.")):
        expect(person.form("give-feedback")).to_be_visible()
        person.look()
        form = person.open_tab_by("give-feedback")
        assert form.evaluate("document.referrer") == ""
        _fill_in(form, words)
        person.onlooker.look(form, form.locator("html"))
        form.get_by_role("button", name="Submit").click()
        expect(form.get_by_role("status")).to_contain_text("recorded")
        form.close()
        teacher.sees(words)
    expect(teacher.find(HERE)).not_to_contain_text("Unknown respondent")
    teacher.look()


def _fill_in(form: Page, words: str) -> None:
    for question in form.get_by_role("group").all():
        question.get_by_role("radio").last.check()
    for text in form.locator("textarea").all():
        if not text.input_value():  # the code that stands there already is the tool's
            text.fill(words)


def a_revoked_clearance_closes_the_door(cast: Cast) -> None:
    teacher, coordinator = cast.in_course("rivera"), cast.in_course("okafor")
    mentor = cast.outside("jordan")
    _open_slot(cast, cast.stage.now().date() + timedelta(days=1))
    expect(teacher.find(HERE)).to_contain_text("Confirmed")
    path = teacher.path
    coordinator.open_tool()
    coordinator.go("/mentors")
    coordinator.tool.get_by_role("link", name=MENTOR).click()
    coordinator.arrives("/mentors/*")
    coordinator.follow("revoke-clearance")
    coordinator.arrives("/mentors/*/clearance/revoke")
    coordinator.look()
    coordinator.send("revoke-clearance")
    coordinator.arrives("/mentors/*")
    coordinator.look()
    expect(teacher.find(HERE)).to_contain_text("On hold")
    teacher.look()
    mentor.page.goto(f"{cast.stage.tool_url}{path}")
    mentor.sees("on hold")
    expect(mentor.form("join-meeting")).to_have_count(0)
    mentor.look()
    mentor.page.goto(f"{cast.stage.tool_url}/mentor")
    mentor.look()
    coordinator.go("/")
    coordinator.sees("on hold")
    coordinator.look()
    student = cast.in_course("maya")
    student.open_tool()
    student.look()


def _move_to(cast: Cast, hour: int, minutes: int) -> None:
    start = cast.stage.now().replace(hour=hour, minute=0, second=0, microsecond=0)
    cast.stage.move_to(start + timedelta(minutes=minutes))
