"""The story's first half: the course (steps b to e)."""

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from sandbox.scenario import world
from sandbox.scenario.stage import COURSE, Stage, need, say
from sandbox.scenario.visitor import Form, Page, StoryError, Visitor

REFLECTION = (
    "I asked how my mentor chose her field. She said that she tried three things first. "
    "I want to try the robotics club before I decide."
)
CODE = re.compile(r"Your code is: (\d{6})")
GIVEN = 17
PATIENCE_SECONDS = 60
COMMENT = "You listened closely. Next time, say what you would ask her now."


def people(stage: Stage) -> None:
    """Step b: roster, program, staff, mentor with every gate, consent, pairing."""
    student = stage.open_course(world.STUDENT)
    stage.found["student_name"] = shown_name(student)
    coordinator = stage.open_course(world.OKAFOR.user)
    roster(stage, coordinator)
    program(stage, coordinator)
    staff(stage, coordinator)
    mentor(stage, coordinator)
    consent(stage, coordinator)
    pairing(stage, coordinator)


def shown_name(visitor: Visitor) -> str:
    """Return the name under which the tool shows the person who is signed in."""
    tag = visitor.page.soup.select_one("[data-me]")
    if tag is None:
        raise StoryError(f"the page does not say who is signed in: {visitor.page.text[:600]}")
    return " ".join(tag.get_text(" ").split())


def roster(stage: Stage, coordinator: Visitor) -> None:
    """The roster arrives by NRPS, in several pages."""
    expected = len(_students(stage))
    page = coordinator.wait_for("/people", lambda page: _rows(page) >= expected)
    asked = stage.lms.get("requests")
    say(
        "b1 the roster arrives",
        f"{_rows(page)} people on the page, {expected} students in the LMS",
        f"roster requests the LMS has answered: {_count(asked, 'names-roles')}",
    )


def program(stage: Stage, coordinator: Visitor) -> None:
    """A program is set up for the year, or is there from an earlier run."""
    page = coordinator.get("/program/new")
    if "program" in page.form_names and page.url.endswith("/program/new"):
        starts = stage.now().date() - timedelta(days=30)
        coordinator.submit(
            "program",
            name="Career Mentoring, Harbor",
            format="traditional",
            starts_on=starts.isoformat(),
            ends_on=(starts + timedelta(days=330)).isoformat(),
        )
    coordinator.page.expect("Career Mentoring, Harbor")
    say("b2 a program is set up", coordinator.page.text[:120])


def staff(stage: Stage, coordinator: Visitor) -> None:
    """The coordinator confirms who may supervise, with their school Google addresses."""
    users = {row["email"]: row for row in _google_users(stage)}
    for member in (world.RIVERA, world.CHEN):
        name = name_of(stage, member.user)
        page = coordinator.get("/staff")
        if member.address in page.text:
            continue
        coordinator.get(_link_with(page, "confirm-staff", name))
        coordinator.submit(
            "staff-member",
            staff_role="instructional-staff"
            if "instructional-staff" in _choices(coordinator.page, "staff_role")
            else _choices(coordinator.page, "staff_role")[0],
            google_address=member.address,
            google_user=f"users/{users[member.address]['id']}",
        ).expect(member.address)
    coordinator.get("/staff").expect(world.RIVERA.address, world.CHEN.address)
    say("b3 staff who supervise are confirmed", f"{world.RIVERA.address}, {world.CHEN.address}")


def mentor(stage: Stage, coordinator: Visitor) -> None:
    """A mentor is added; clearance, training and agreement are recorded."""
    email = f"jordan.{stage.run}@brightworks.example"
    user = stage.google.post("users", email=email, name=f"Jordan Ellis {stage.run}")
    today = stage.now().date()
    next_year = (today + timedelta(days=365)).isoformat()
    coordinator.get("/mentors/add")
    page = coordinator.submit(
        "mentor",
        name=f"{world.MENTOR_NAME} {stage.run}",
        e_mail=email,
        employer="Brightworks Engineering",
        occupation="Engineer",
        google_user=f"users/{user['id']}",
    )
    mentor_path = page.url
    page.expect("Not ready yet")
    for status in ("submitted", "eligible"):
        page = coordinator.get(coordinator.get(mentor_path).link(action="record-clearance"))
        if status not in _choices(page, "status"):
            continue
        coordinator.submit(
            "clearance",
            status=status,
            checked_on=today.isoformat(),
            expires_on=next_year,
            reference=f"HB-{stage.run}",
        ).expect("Recorded by")
    coordinator.get(coordinator.get(mentor_path).link(action="record-training"))
    coordinator.submit("training", completed_on=today.isoformat())
    coordinator.get(coordinator.get(mentor_path).link(action="record-agreement"))
    coordinator.submit("agreement", signed_on=today.isoformat(), ends_on=next_year)
    coordinator.get(mentor_path).expect("Ready to mentor")
    stage.found |= {
        "mentor_email": email,
        "mentor_google": user["id"],
        "mentor_path": mentor_path,
        "mentor_name": f"{world.MENTOR_NAME} {stage.run}",
    }
    say("b4 a mentor is added, cleared, trained and has agreed", email)


def consent(stage: Stage, coordinator: Visitor) -> None:
    """A guardian's consent is recorded for video and in person."""
    page = coordinator.get("/consent")
    coordinator.get(_link_with(page, "show-consent", stage.found["student_name"]))
    today = stage.now().date()
    coordinator.submit(
        "consent",
        guardian_name="Elena Torres",
        channels=["in-person", "video"]
        if "video" in _choices(coordinator.page, "channels")
        else _choices(coordinator.page, "channels"),
        given_on=today.isoformat(),
        expires_on=(today + timedelta(days=300)).isoformat(),
    ).expect("Allowed")
    say("b5 a family's consent is recorded", f"for {stage.found['student_name']}")


def pairing(stage: Stage, coordinator: Visitor) -> None:
    """A pairing is proposed, waits for an objective and for leave to begin at a distance."""
    page = coordinator.get("/pairings/propose")
    form = page.form("pairing")
    page = coordinator.submit(
        "pairing",
        mentors=choice_with(page, form, "mentors", stage.found["mentor_name"]),
        mentees=choice_with(page, form, "mentees", stage.found["student_name"]),
        channels="video",
    )
    path = page.url
    need("activate-pairing" not in page.form_names, "it cannot be active yet", page)
    page.expect("learning objective")
    coordinator.submit(
        "objective", text="Explain three ways into an engineering job and what each one asks for."
    )
    coordinator.get(path)
    coordinator.submit("agree-objective")
    if "approve-virtual-start" in coordinator.get(path).form_names:
        coordinator.submit("approve-virtual-start")
    coordinator.get(path)
    coordinator.submit("activate-pairing").expect("Active")
    stage.found["pairing_path"] = path
    say("b6 a pairing is active, and could not be before it had an objective", path)


def activities(stage: Stage) -> None:
    """Step c: the teacher adds three activities by deep linking; the LMS gets line items."""
    before = {link["id"] for link in _links(stage)}
    for name, title, points in (
        ("assignment", "Prepare for your mentor", "10"),
        ("reflection", "What I learned from my mentor", "20"),
        ("check_in", "How far I have come", ""),
    ):
        teacher = stage.open_course(world.RIVERA.user, placement="deep_linking")
        given: dict[str, str | list[str]] = {
            "chosen": [name],
            f"{name}_title": f"{title} {stage.run}",
            f"{name}_points": points,
        }
        back = teacher.submit("choose-activities", **given).form_with("JWT")
        answer = teacher.post_to(back.action, **{k: v[0] for k, v in back.fields.items()})
        need(answer.status == 200, "the LMS refused what was chosen", answer)
    links = [link for link in _links(stage) if link["id"] not in before]
    graded = [link for link in links if _line_items(link)]
    need(len(links) == 3, f"three links were added, the LMS shows {len(links)}")
    need(len(graded) == 2, f"two of them are graded, the LMS shows {len(graded)}")
    stage.found["links"] = {
        kind: next(link["id"] for link in links if title in link["title"])
        for kind, title in (
            ("assignment", "Prepare for"),
            ("reflection", "What I learned"),
            ("objective-check-in", "How far"),
        )
    }
    say(
        "c  three activities are in the course",
        *(f"{link['title']}: {'graded' if _line_items(link) else 'not graded'}" for link in links),
    )


def work(stage: Stage) -> None:
    """Step d: the student works in the course, the teacher grades, the LMS has the score."""
    for kind in ("assignment", "reflection", "objective-check-in"):
        student = stage.open_course(
            world.STUDENT, placement="link", link_id=stage.found["links"][kind]
        )
        stage.found[f"{kind}_path"] = student.page.url
        form = student.page.form("submission")
        given: dict[str, str | list[str]] = {
            name: "halfway" for name in form.fields if _is_open_choice(student, name)
        }
        given["text"] = f"{REFLECTION} ({stage.run}, {kind})"
        student.submit("submission", **given)
        student.get(stage.found[f"{kind}_path"]).expect("Handed in")
    teacher = stage.open_course(world.RIVERA.user)
    page = teacher.get(stage.found["reflection_path"])
    teacher.get(_link_with(page, "grade", stage.found["student_name"]))
    teacher.page.expect(REFLECTION[:40])
    teacher.submit("grade", points="17", comment=COMMENT)
    score = _wait_for_score(stage)
    student = stage.open_course(
        world.STUDENT, placement="link", link_id=stage.found["links"]["reflection"]
    )
    student.page.expect("17", COMMENT)
    say("d  a reflection is written, graded, and in the LMS gradebook", score)


def mentor_signs_in(stage: Stage) -> Visitor:
    """Step e: the mentor signs in with the code from the mail."""
    visitor = stage.visitor("mentor")
    visitor.get("/sign-in")
    visitor.submit("sign-in-ask", email=stage.found["mentor_email"])
    code_form_at = visitor.page.url
    reader = stage.visitor("mail")
    code = _newest_code(stage, reader)
    visitor.get(code_form_at)
    visitor.submit("sign-in-code", code=code)
    visitor.get("/mentor").expect(stage.found["mentor_name"])
    say("e  the mentor signs in with a mailed code", visitor.page.url)
    return visitor


# ---------------------------------------------------------------- looking


def _is_open_choice(visitor: Visitor, name: str) -> bool:
    return bool(visitor.page.soup.select(f'select[name="{name}"] option[value="halfway"]'))


def _newest_code(stage: Stage, reader: Visitor) -> str:
    used: set[str] = stage.found.setdefault("codes", set())

    def fresh(page: Page) -> list[str]:
        mails = [str(mail.parent) for mail in page.soup.select("[data-mail]")]
        own = " ".join(mail for mail in mails if stage.found["mentor_email"] in mail)
        return [code for code in CODE.findall(own) if code not in used]

    page = reader.wait_for("/demo/mail", lambda page: bool(fresh(page)))
    code = fresh(page)[0]
    used.add(code)
    return code


def _wait_for_score(stage: Stage) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := _score(stage):
            return found
        time.sleep(0.5)
    raise StoryError("the score did not arrive in the gradebook")


def _score(stage: Stage) -> str | None:
    book = stage.lms.get(f"courses/{COURSE}/gradebook", client_id=stage.registration["client_id"])
    student = next(row for row in book["students"] if row["user"] == world.STUDENT)
    for column in book["columns"]:
        score = student["scores"].get(column["id"])
        if stage.run in column["label"] and "What I learned" in column["label"] and score:
            need(float(score["score"]) == GIVEN, f"the gradebook says {score}")
            stage.found["score"] = score
            return f"gradebook, {column['label']}: {score}"
    return None


def _students(stage: Stage) -> list[dict[str, Any]]:
    rows = stage.lms.get(f"courses/{COURSE}/people", client_id=stage.registration["client_id"])
    rows = rows["people"] if isinstance(rows, dict) else rows
    return [row for row in rows if row["role"] == "student"]


def _links(stage: Stage) -> list[dict[str, Any]]:
    answer = stage.lms.get(f"courses/{COURSE}/links", client_id=stage.registration["client_id"])
    links: list[dict[str, Any]] = answer["links"] if isinstance(answer, dict) else answer
    return links


def _line_items(link: dict[str, Any]) -> Any:
    return link.get("line_items") or link.get("lineitems") or link.get("line_item")


def _google_users(stage: Stage) -> list[dict[str, Any]]:
    answer = stage.google.get("users")
    users: list[dict[str, Any]] = answer["users"] if isinstance(answer, dict) else answer
    return users


def _count(answer: dict[str, Any], endpoint: str) -> int:
    counts: dict[str, Any] = answer.get("counts", answer)
    return int(counts.get(endpoint, 0))


def _rows(page: Page) -> int:
    return len(page.soup.select("main table tbody tr"))


def name_of(stage: Stage, user: str) -> str:
    key = f"name_of_{user}"
    if key not in stage.found:
        stage.found[key] = shown_name(stage.open_course(user))
    return str(stage.found[key])


def _choices(page: Page, field: str) -> list[str]:
    inputs = page.soup.select(f'input[name="{field}"], select[name="{field}"] option')
    return [str(tag.get("value")) for tag in inputs if tag.get("value")]


def choice_with(page: Page, form: Form, field: str, text: str) -> str:
    for option in page.soup.select(f'select[name="{field}"] option'):
        if text in option.get_text():
            return str(option["value"])
    for tag in page.soup.select(f'input[name="{field}"]'):
        label = page.soup.select_one(f'label[for="{tag.get("id")}"]') or tag.parent
        if label is not None and text in label.get_text():
            return str(tag["value"])
    raise StoryError(f"form {form.name} offers no {text} in {field}: {page.text[:1500]}")


def _link_with(page: Page, action: str, text: str) -> str:
    for tag in page.soup.find_all("a", attrs={"data-action": action}):
        row = tag.find_parent(["tr", "li", "article", "section"]) or tag
        if text in " ".join(tag.get_text(" ").split()) or text in " ".join(
            row.get_text(" ").split()
        ):
            return urljoin(page.url, str(tag["href"]))
    raise StoryError(f"{page.url} has no link {action} for {text}: {page.text[:1500]}")
