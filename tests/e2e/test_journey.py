"""The whole story in Debian's Chromium, which blocks the tool's cookies and storage in the course.

The steps build on each other: each test plays those before it that have not been played yet.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Playwright, expect

from sandbox.scenario import connect, meeting_steps
from sandbox.scenario.controls import Control
from sandbox.scenario.stage import COURSE, Stage
from tests.e2e import course_phases, meeting_phases
from tests.e2e.cast import PATIENCE, Cast
from tests.servers.stack import Stack

pytestmark = pytest.mark.e2e

Phase = Callable[[Cast], None]
PHASES: tuple[Phase, ...] = (
    course_phases.the_program_is_set_up,
    course_phases.the_people_are_ready,
    course_phases.the_pairing_is_active,
    course_phases.the_teacher_adds_activities,
    course_phases.the_student_reflects,
    course_phases.the_grade_is_in_the_gradebook,
    meeting_phases.the_mentor_signs_in,
    meeting_phases.the_teacher_opens_a_slot,
    meeting_phases.everybody_comes_to_the_room,
    meeting_phases.the_supervisor_watches_and_closes,
    meeting_phases.feedback_is_given,
    meeting_phases.a_revoked_clearance_closes_the_door,
)


class Journey:
    """What has been played so far."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.played: list[Phase] = []
        self.fell_short: Phase | None = None

    def reach(self, last: Phase) -> Cast:
        for phase in PHASES[: PHASES.index(last) + 1]:
            if phase in self.played:
                continue
            if self.fell_short:
                pytest.fail(f"an earlier step fell short: {self.fell_short.__name__}")
            self.fell_short = phase
            phase(self.cast)
            self.fell_short = None
            self.played.append(phase)
        return self.cast


@pytest.fixture(scope="module")
def journey(
    single_stack: Stack,
    playwright: Playwright,
    chromium: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Journey]:
    with ExitStack() as closing:
        environment = closing.enter_context(pytest.MonkeyPatch.context())
        for name, value in single_stack.tool.settings.items():
            environment.setenv(name, value)
        expect.set_options(timeout=PATIENCE)
        closing.callback(expect.set_options, timeout=None)
        stage = _stage(single_stack)
        meeting_steps.next_morning(stage)
        yield Journey(
            Cast(
                stage=stage,
                playwright=playwright,
                chromium=chromium,
                folder=tmp_path_factory.mktemp("profiles"),
                closing=closing,
            )
        )


def _stage(stack: Stack) -> Stage:
    lms, google = Control(url=stack.sandbox.lms_url), Control(url=stack.sandbox.google_url)
    registration = connect.connect_lms(
        lms, profile="canvas", privacy="public", frame_origin=stack.sandbox.lms_url
    )
    connect.approve(lms, registration, course=COURSE)
    connect.connect_google(google, [registration["organization"]])
    return Stage(
        tool_url=stack.sandbox.tool_url,
        lms=lms,
        google=google,
        profile="canvas",
        privacy="public",
        clock_file=stack.sandbox.clock_offset_file,
        registration=registration,
        run="journey",
    )


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
def test_in_the_browser(journey: Journey, phase: Phase) -> None:
    journey.reach(phase)


def test_no_page_of_the_journey_is_inaccessible_too_wide_or_complains(journey: Journey) -> None:
    people = journey.reach(PHASES[-1]).people_by_name.values()
    assert [each for person in people for each in person.onlooker.wrong] == []
    assert all(person.onlooker.looked_at for person in people)


def test_no_address_of_the_journey_holds_a_secret(journey: Journey) -> None:
    for person in journey.reach(PHASES[-1]).people_by_name.values():
        person.onlooker.note_history(person.context.pages)
        assert person.onlooker.secrets
        assert list(person.onlooker.leaks()) == []
