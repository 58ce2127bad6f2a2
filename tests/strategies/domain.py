"""Hypothesis strategies for the rules: plans that are permitted, and stays in a meeting."""

from hypothesis import strategies as st

from lti_tool.domain.formats import Format
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingPlan
from lti_tool.domain.presence import Basis, Interval, Kind
from tests.strategies.examples import BACKUP, MENTEES, MENTORS, SUPERVISOR, meeting_plan, stay


@st.composite
def fitting_numbers(draw: st.DrawFn) -> tuple[Format, int, int]:
    chosen = draw(st.sampled_from(Format))
    mentors = {
        Format.team: st.integers(2, 4),
        Format.large_group: st.integers(1, 2),
        Format.peer: st.integers(1, 3),
    }.get(chosen, st.just(1))
    drawn = draw(mentors)
    mentees = {
        Format.traditional: st.just(1),
        Format.small_group: st.integers(1, 4),
        Format.team: st.integers(1, 4 * drawn),
        Format.large_group: st.integers(7, 10),
        Format.peer: st.integers(1, 4 * drawn),
    }[chosen]
    return chosen, drawn, draw(mentees)


@st.composite
def permitted_plans(draw: st.DrawFn) -> MeetingPlan:
    chosen, mentors, mentees = draw(fitting_numbers())
    return meeting_plan(chosen, mentors=mentors, mentees=mentees)


PEOPLE: dict[Kind, tuple[PersonId | None, ...]] = {
    Kind.supervisor: (SUPERVISOR, BACKUP),
    Kind.mentor: MENTORS[:2],
    Kind.mentee: MENTEES[:2],
    Kind.unknown: (None,),
}


@st.composite
def stays(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind)) -> Interval:
    kind = draw(st.sampled_from(kinds))
    # Quarter minutes, so that minutes are also entered and left in their midst.
    joined = draw(st.integers(-8, 48)) / 4
    length = draw(st.none() | st.integers(0, 48))
    return stay(
        kind,
        joined,
        None if length is None else joined + length / 4,
        person_id=draw(st.sampled_from(PEOPLE[kind])),
        basis=draw(st.sampled_from(Basis)),
        end_is_known=draw(st.booleans()),
    )


KNOWN_KINDS = (Kind.supervisor, Kind.mentor, Kind.mentee)
