"""The story's second half: the meeting (steps f to i)."""

import re
import time as clock
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from sandbox.scenario import course_steps, world
from sandbox.scenario.stage import Stage, need, say
from sandbox.scenario.visitor import Page, StoryError

MORNING = time(9, 0)
START = time(10, 0)
MINUTES = 30
STEPPED_OUT = (12, 16)
"""Minutes after the start between which the supervisor is away."""
ARRIVED = 1
COUNTED = MINUTES - ARRIVED - (STEPPED_OUT[1] - STEPPED_OUT[0])
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def next_morning(stage: Stage) -> None:
    """Move the story to nine o'clock of the next day, so that a meeting lies ahead."""
    tomorrow = stage.now().date() + timedelta(days=1)
    stage.move_to(_at(stage, tomorrow, MORNING))


def slot(stage: Stage) -> None:
    """Step f: a slot becomes a room and an event; the page follows without a reload."""
    stage.google.post("requests/reset")
    page = _open_slot(stage, stage.now().date())
    meeting_path = page.url.split("?")[0]
    teacher = stage.visitors["teacher"]
    seen_first = "Confirmed" in page.text
    teacher.wait_for(f"{meeting_path}/status", lambda p: "Confirmed" in p.text)
    meeting_id = _uuid(meeting_path)
    events = [e for e in _events(stage) if str(meeting_id) in str(e.get("location"))]
    need(len(events) == 1, f"exactly one event has the meeting's address, Google has {len(events)}")
    event = events[0]
    need(event["location"].endswith(f"/m/{meeting_id}"), f"a bare address: {event['location']}")
    need("conferenceData" not in event and "hangoutLink" not in event, "the event has no link")
    guests = {guest["email"] for guest in event.get("attendees", [])}
    need(guests <= {world.RIVERA.address, world.CHEN.address}, f"guests are staff only: {guests}")
    room = _newest_room(stage)
    config = room["config"]
    need(config["accessType"] == "RESTRICTED", f"the room is {config}")
    need(config["moderation"] == "ON", f"the room is {config}")
    requests = stage.google.get("requests")["counts"]
    stage.report["google_requests_per_slot"] = sum(
        count for call, count in requests.items() if not call.startswith("token")
    )
    stage.found |= {"meeting_path": meeting_path, "room": room, "event": event}
    say(
        "f  a supervised slot is open",
        f"the page said {'confirmed at once' if seen_first else 'being prepared, then confirmed'}",
        f"calendar of {world.RIVERA.address}: {event['summary']!r} at {event['location']}",
        f"room {room['name']}: {config['accessType']}, moderation {config['moderation']}, "
        f"owner {room.get('owner')}, co-hosts {[m['email'] for m in room.get('members', [])]}",
        f"requests to Google: {requests}",
    )


def meeting(stage: Stage) -> None:
    """Step g: the door, the call, the four minutes, the ledger."""
    path = stage.found["meeting_path"]
    start = _at(stage, stage.now().date(), START)
    stage.move_to(start - timedelta(minutes=5))
    mentor = course_steps.mentor_signs_in(stage)
    student = stage.open_course(world.STUDENT)
    for person in (mentor, student):
        page = person.get(path)
        need("join-meeting" not in page.form_names, f"the door is closed to {person.name}", page)
    supervisor = stage.open_course(world.RIVERA.user)
    supervisor.get(path)
    supervisor.submit("open-meeting").expect("Open now")
    uri = stage.found["room"]["meetingUri"]
    for person in (supervisor, mentor, student):
        person.get(path)
        shown = person.submit("join-meeting")
        need(shown.url.startswith(uri), f"{person.name} comes to the room, not {shown.url}", shown)
    _call(stage, start)
    stage.move_to(start + timedelta(minutes=MINUTES, seconds=30))
    supervisor = stage.open_course(world.RIVERA.user)
    joiner = supervisor.wait_for(path, lambda p: "name-joiner" in p.form_names, seconds=90)
    supervisor.submit("name-joiner", person=_option(joiner, stage.found["student_name"]))
    supervisor.get(path)
    supervisor.submit("close-meeting")
    supervisor.wait_for(path, lambda p: "minutes are complete" in p.text, seconds=90)
    ledger = supervisor.get(f"{path}/minutes")
    ledger.expect("4 minutes without staff", f"{COUNTED} minutes count")
    say(
        "g  the meeting was supervised, minute by minute, and where not",
        "before it was opened: no link for mentor and student; afterwards the room for all",
        ledger.text[ledger.text.find("4 minutes without") :][:60],
        f"{COUNTED} of {MINUTES} minutes count",
    )


def feedback(stage: Stage) -> None:
    """Step h: forms are made, published, filled in, collected and shown."""
    path = stage.found["meeting_path"]
    teacher = stage.open_course(world.RIVERA.user)
    teacher.get("/feedback")
    meeting_id = _uuid(path)
    teacher.get(f"/feedback/{meeting_id}")
    teacher.submit("ask-feedback")
    teacher.wait_for(f"/feedback/{meeting_id}", lambda p: p.text.count("Ready") >= 2, seconds=90)
    forms = [f for f in _rows(stage, "forms") if _published(f)]
    need(len(forms) >= 2, f"two forms are published, Google has {forms}")
    student = stage.open_course(world.STUDENT)
    mentor = course_steps.mentor_signs_in(stage)
    for person, word in ((student, "curious"), (mentor, "open")):
        person.get(path)
        shown = person.submit("give-feedback")
        _answer(stage, shown, f"Very {word}. {stage.run}")
    page = teacher.wait_for(
        f"/feedback/{meeting_id}",
        lambda p: all(f"Very {w}. {stage.run}" in p.text for w in ("curious", "open")),
        seconds=90,
    )
    mentor.get(path)
    need(f"Very curious. {stage.run}" not in mentor.page.text, "no feedback reaches the mentor")
    say("h  feedback is collected and shown to staff only", page.text[:120])


def lapse(stage: Stage) -> None:
    """Step i: the mentor's clearance is revoked; the next meeting's door closes at once."""
    page = _open_slot(stage, stage.now().date() + timedelta(days=1))
    path = page.url.split("?")[0]
    stage.visitors["teacher"].wait_for(f"{path}/status", lambda p: "Confirmed" in p.text)
    coordinator = stage.open_course(world.OKAFOR.user)
    coordinator.get(stage.found["mentor_path"])
    coordinator.get(coordinator.page.link(action="revoke-clearance"))
    coordinator.submit("revoke-clearance")
    mentor = course_steps.mentor_signs_in(stage)
    dark = mentor.get(path)
    need("join-meeting" not in dark.form_names, "the link is dark for the mentor", dark)
    dark.expect("on hold")
    meeting_id = _uuid(path)
    _until(
        lambda: all(
            event["status"] == "cancelled"
            for event in _events(stage)
            if str(meeting_id) in str(event.get("location"))
        ),
        "the calendar event was not canceled",
    )
    told = stage.open_course(world.RIVERA.user).page
    told.expect("on hold")
    say(
        "i  clearance revoked: mentor on hold, link dark, event canceled, staff told",
        f"mentor reads: {dark.text[:100]}",
    )


# ---------------------------------------------------------------- acting


def _open_slot(stage: Stage, day: Any) -> Page:
    teacher = stage.open_course(world.RIVERA.user)
    stage.visitors["teacher"] = teacher
    page = teacher.get("/meetings/open")
    form = page.form("slot")
    given: dict[str, str | list[str]] = {
        "pairing": course_steps.choice_with(page, form, "pairing", stage.found["mentor_name"]),
        "date": day.isoformat(),
        "start": START.strftime("%H:%M"),
        "minutes": str(MINUTES),
        "channel": "video",
        "place": "school",
        "supervisor": course_steps.choice_with(
            page, form, "supervisor", course_steps.name_of(stage, world.RIVERA.user)
        ),
        "backup": course_steps.choice_with(
            page, form, "backup", course_steps.name_of(stage, world.CHEN.user)
        ),
        "agenda": "Three ways into engineering",
    }
    opened = teacher.submit("slot", **given)
    need(UUID.search(opened.url), "the slot was opened", opened)
    first = opened.url
    # A double click and the Back button: the same form again leads to the same meeting.
    again = teacher.resend(form, given)
    need(again.url == first, "the same form sent twice opens one slot", again)
    return again


def _call(stage: Stage, start: datetime) -> None:
    """Lay down the call: all three, four minutes without the supervisor, all three again."""
    room = stage.found["room"]["name"].split("/")[-1]
    staff = {"email": world.RIVERA.address}
    mentor = {"user": stage.found["mentor_google"]}
    student = {"email": "maya@students.harborcareer.example"}

    def at(minute: int) -> str:
        return (start + timedelta(minutes=minute)).isoformat()

    def calls(verb: str, **body: Any) -> None:
        stage.google.post(f"calls/{room}/{verb}", **body)

    calls("join", **staff, at=at(0))
    calls("join", **mentor, at=at(0), admitted_by=world.RIVERA.address)
    calls("join", **student, at=at(ARRIVED), admitted_by=world.RIVERA.address)
    calls("leave", **staff, at=at(STEPPED_OUT[0]))
    calls("join", **staff, at=at(STEPPED_OUT[1]))
    for person in (student, mentor, staff):
        calls("leave", **person, at=at(MINUTES))


def _answer(stage: Stage, shown: Page, words: str) -> None:
    form_id, token = _prefilled(shown.url)
    form = next(f for f in _rows(stage, "forms") if form_id in (f.get("formId"), f.get("id")))
    answers: dict[str, str] = {}
    for item in form["items"]:
        question = item["questionItem"]["question"]
        entry = str(int(question["questionId"], 16))
        if entry in token:
            answers[item["title"]] = token[entry]
        elif "scaleQuestion" in question:
            answers[item["title"]] = "5"
        else:
            answers[item["title"]] = words
    stage.google.post(f"forms/{form_id}/responses", answers=answers, **_respondent(form))


def _respondent(form: dict[str, Any]) -> dict[str, str]:
    collects = form.get("settings", {}).get("emailCollectionType", "DO_NOT_COLLECT")
    return {} if collects == "DO_NOT_COLLECT" else {"respondentEmail": "maya@students.example"}


# ---------------------------------------------------------------- looking


def _prefilled(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    entries = {
        key.removeprefix("entry."): value
        for key, value in parse_qsl(parts.query)
        if key.startswith("entry.")
    }
    return parts.path.split("/")[-2], entries


def _published(form: dict[str, Any]) -> bool:
    state = form.get("publishSettings", {}).get("publishState", {})
    return bool(state.get("isPublished"))


def _events(stage: Stage) -> list[dict[str, Any]]:
    return [row["event"] for row in _rows(stage, "events")]


def _rows(stage: Stage, what: str) -> list[dict[str, Any]]:
    answer = stage.google.get(what)
    rows: list[dict[str, Any]] = answer[what] if isinstance(answer, dict) else answer
    return rows


def _newest_room(stage: Stage) -> dict[str, Any]:
    return _rows(stage, "spaces")[-1]


def _option(page: Page, text: str) -> str:
    for option in page.soup.select('[data-form="name-joiner"] option'):
        if text in option.get_text():
            return str(option["value"])
    raise StoryError(f"nobody to name as {text}: {page.text[:800]}")


def _until(condition: Any, what: str, seconds: float = 60) -> None:
    deadline = clock.monotonic() + seconds
    while not condition():
        if clock.monotonic() > deadline:
            raise StoryError(what)
        clock.sleep(0.4)


def _at(stage: Stage, day: Any, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(world.TIME_ZONE))


def _uuid(path: str) -> str:
    found = UUID.search(path)
    if found is None:
        raise StoryError(f"{path} names no meeting")
    return found.group(0)
