"""The journey's first half: everything that happens in the course."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from sandbox.scenario import course_steps, world
from sandbox.scenario.stage import COURSE
from tests.e2e.cast import Cast

MENTOR_ADDRESS = "jordan.journey@brightworks.example"
MENTOR = "Jordan Ellis"
STUDENT = "Maya Torres"
TEACHERS = (("Elena Rivera", world.RIVERA), ("David Chen", world.CHEN))
ACTIVITIES = (
    ("assignment", "Prepare for your mentor", "10"),
    ("reflection", "What I learned from my mentor", "20"),
    ("check_in", "How far I have come", ""),
)
STORAGE = """() => {
  try { return sessionStorage.length; } catch (refusal) { return refusal.name; }
}"""
DRAFT = "I asked how my mentor chose her field. "
REST = "She said that she tried three things first, and that I may do so too."


def the_program_is_set_up(cast: Cast) -> None:
    coordinator = cast.in_course("okafor")
    coordinator.page.goto(cast.stage.lms.url)
    coordinator.look_around()
    coordinator.page.get_by_label("Person").select_option("okafor")
    coordinator.page.get_by_label("Course").select_option(COURSE)
    coordinator.page.get_by_role("button", name="Open the course").click()
    coordinator.look_around()
    coordinator.open_tool()
    coordinator.look()
    coordinator.follow("set-up-program")
    coordinator.arrives("/program/new")
    coordinator.onlooker.tolerated.add("422")
    coordinator.send("program")
    expect(coordinator.find(".error-summary")).to_be_focused()
    coordinator.look()
    starts = cast.stage.now().date() - timedelta(days=30)
    coordinator.fill(
        "program",
        name="Career Mentoring, Harbor",
        format="traditional",
        starts_on=starts.isoformat(),
        ends_on=(starts + timedelta(days=330)).isoformat(),
    )
    coordinator.send("program")
    coordinator.sees("Career Mentoring, Harbor")
    expect(coordinator.find('a[data-action="edit-program"]')).to_be_visible()
    coordinator.look()


def the_people_are_ready(cast: Cast) -> None:
    coordinator = cast.in_course("okafor")
    coordinator.go("/mentors")
    coordinator.look()
    coordinator.go("/people")
    students = [row for row in cast.people() if row["role"] == "student"]
    expect(coordinator.find("[data-final]")).to_be_visible()
    coordinator.go("/people")
    expect(coordinator.find("main tbody tr").nth(len(students) - 1)).to_be_visible()
    coordinator.look()
    for name, member in TEACHERS:
        coordinator.go("/staff")
        coordinator.look()
        coordinator.follow("confirm-staff", name)
        coordinator.arrives("/staff/*")
        coordinator.fill(
            "staff-member",
            staff_role="instructional-staff",
            google_address=member.address,
            google_user=f"users/{cast.google_user(member.address)}",
        )
        coordinator.look()
        coordinator.send("staff-member")
        coordinator.arrives("/staff")
        coordinator.sees(member.address)
    _add_mentor(cast)
    coordinator.go("/consent")
    coordinator.look()
    coordinator.follow("show-consent", STUDENT)
    coordinator.arrives("/consent/*")
    today = cast.stage.now().date()
    for channel in ("in-person", "video"):
        coordinator.fill("consent", channels=channel)
    coordinator.fill(
        "consent",
        guardian_name="Elena Torres",
        given_on=today.isoformat(),
        expires_on=(today + timedelta(days=300)).isoformat(),
    )
    coordinator.send("consent")
    expect(coordinator.form("withdraw-consent")).to_have_count(2)
    coordinator.look()


def _add_mentor(cast: Cast) -> None:
    coordinator = cast.in_course("okafor")
    user = cast.stage.google.post("users", email=MENTOR_ADDRESS, name=MENTOR)
    cast.stage.found |= {"mentor_email": MENTOR_ADDRESS, "mentor_google": user["id"]}
    today = cast.stage.now().date()
    next_year = (today + timedelta(days=365)).isoformat()
    coordinator.go("/mentors")
    coordinator.follow("add-mentor")
    coordinator.arrives("/mentors/add")
    coordinator.look()
    coordinator.fill(
        "mentor",
        name=MENTOR,
        e_mail=MENTOR_ADDRESS,
        employer="Brightworks Engineering",
        occupation="Engineer",
        google_user=f"users/{user['id']}",
    )
    coordinator.send("mentor")
    coordinator.arrives("/mentors/*")
    coordinator.look()
    for status in ("submitted", "eligible"):
        coordinator.follow("record-clearance")
        coordinator.arrives("/mentors/*/clearance")
        coordinator.fill("clearance", status=status, checked_on=today.isoformat())
        coordinator.fill("clearance", expires_on=next_year, reference="HB-journey")
        coordinator.send("clearance")
        coordinator.arrives("/mentors/*")
    coordinator.follow("record-training")
    coordinator.arrives("/mentors/*/training")
    coordinator.fill("training", completed_on=today.isoformat())
    coordinator.look()
    coordinator.send("training")
    coordinator.arrives("/mentors/*")
    coordinator.follow("record-agreement")
    coordinator.arrives("/mentors/*/agreement")
    coordinator.fill("agreement", signed_on=today.isoformat(), ends_on=next_year)
    coordinator.look()
    coordinator.send("agreement")
    coordinator.arrives("/mentors/*")
    coordinator.sees("Ready to mentor")
    coordinator.look()


def the_pairing_is_active(cast: Cast) -> None:
    coordinator = cast.in_course("okafor")
    coordinator.go("/pairings")
    coordinator.follow("propose-pairing")
    coordinator.arrives("/pairings/propose")
    coordinator.look()
    coordinator.tick("pairing", "mentors", MENTOR)
    coordinator.tick("pairing", "mentees", STUDENT)
    for channel in ("in-person", "video"):
        coordinator.fill("pairing", channels=channel)
    coordinator.send("pairing")
    coordinator.arrives("/pairings/*")
    coordinator.look()
    coordinator.go_back()
    coordinator.arrives("/pairings/propose")
    coordinator.go_forward()
    coordinator.arrives("/pairings/*")
    coordinator.fill("objective", text="Explain three ways into an engineering job.")
    coordinator.send("objective")
    coordinator.send("agree-objective")
    expect(coordinator.form("agree-objective")).to_have_count(0)
    if coordinator.form("approve-virtual-start").count():
        coordinator.confirm("approve-virtual-start")
    coordinator.send("activate-pairing")
    expect(coordinator.form("activate-pairing")).to_have_count(0)
    coordinator.sees("Active")
    coordinator.look()
    coordinator.go("/pairings")
    coordinator.look()


def the_teacher_adds_activities(cast: Cast) -> None:
    teacher = cast.in_course("rivera")
    teacher.go_to_course()
    teacher.page.get_by_role("link", name=re.compile("Add from")).click()
    teacher.arrives("/activities/choose")
    teacher.look()
    form = "choose-activities"
    for name, title, points in ACTIVITIES:
        teacher.fill(form, chosen=name)
        words = teacher.form(form).locator("details").filter(has=teacher.find(f"#{name}_title"))
        if words.count():
            words.locator("summary").click()
        teacher.fill(form, **{f"{name}_title": title, f"{name}_points": points})
    teacher.look()
    teacher.send(form)
    teacher.page.wait_for_url(re.compile(rf"/courses/{COURSE}$"))
    for _, title, _ in ACTIVITIES:
        expect(teacher.page.get_by_role("link", name=title)).to_have_count(1)
    teacher.look_around()
    teacher.open_tool()
    teacher.go("/activities")
    teacher.look()


def the_student_reflects(cast: Cast) -> None:
    student = cast.in_course("maya", width=390)
    student.open_tool()
    assert student.root.evaluate(STORAGE) == "SecurityError"
    assert student.context.cookies(cast.stage.tool_url) == []
    student.look()
    _open_activity(cast, "What I learned")
    student.look()
    text = student.form("submission").locator("textarea")
    text.press_sequentially(DRAFT)
    expect(student.find("[data-save-state]")).to_have_text(re.compile("Saved at"))
    student.root.evaluate("() => { setTimeout(() => location.reload()); }")
    expect(student.find("[data-shell]")).to_be_visible()
    assert DRAFT.strip() not in student.words
    student.look()
    _open_activity(cast, "What I learned")
    expect(text).to_have_value(DRAFT)
    text.press("Control+End")
    text.press_sequentially(REST)
    student.find('main a[href="/activities"]').click()
    student.arrives("/activities")
    student.look()
    student.go_back()
    student.arrives("/activities/*")
    expect(text).to_have_value(DRAFT + REST)
    student.send("submission")
    student.sees("Handed in")
    student.look()
    for title in ("Prepare for your mentor", "How far I have come"):
        _open_activity(cast, title)
        for choice in student.form("submission").locator("select").all():
            choice.select_option("halfway")
        student.look()
        text.fill(REST)
        student.send("submission")
        student.sees("Handed in")


def _open_activity(cast: Cast, title: str) -> None:
    student = cast.in_course("maya")
    student.go_to_course()
    student.page.get_by_role("link", name=re.compile(title)).click()
    student.arrives("/activities/*")


def the_grade_is_in_the_gradebook(cast: Cast) -> None:
    teacher = cast.in_course("rivera")
    teacher.open_tool()
    teacher.look()
    teacher.go("/activities")
    teacher.follow("activity", "What I learned")
    teacher.arrives("/activities/*")
    teacher.look()
    teacher.go_back()
    teacher.arrives("/activities")
    teacher.follow("grading-queue")
    teacher.arrives("/grading")
    teacher.look()
    teacher.find("tbody tr").filter(has_text="What I learned").get_by_role("link").click()
    teacher.arrives("/grading/*")
    teacher.sees(REST)
    teacher.fill("grade", points="21")
    teacher.onlooker.tolerated.add("422")
    teacher.send("grade", "stay")
    expect(teacher.find(".error-summary")).to_be_visible()
    teacher.look()
    teacher.fill("grade", points="17", comment=course_steps.COMMENT)
    teacher.send("grade", "stay")
    expect(teacher.find("main [data-poll]")).to_contain_text("In the gradebook")
    teacher.look()
    assert _scores(cast) == [17.0]
    teacher.go_to_course()
    teacher.page.get_by_role("link", name="Gradebook").click()
    row = teacher.page.get_by_role("row").filter(has_text=STUDENT)
    expect(row).to_contain_text("17")
    expect(row).to_contain_text(course_steps.COMMENT)
    teacher.look_around()
    student = cast.in_course("maya")
    _open_activity(cast, "What I learned")
    student.sees("17 of 20")
    student.sees(course_steps.COMMENT)
    student.look()


def _scores(cast: Cast) -> list[float]:
    book = cast.stage.lms.get(f"courses/{COURSE}/gradebook", client_id=cast.client_id)
    student = next(row for row in book["students"] if row["user"] == "maya")
    cells = [cell for cell in student["scores"].values() if cell and cell.get("score") is not None]
    return [float(cell["score"]) for cell in cells]
