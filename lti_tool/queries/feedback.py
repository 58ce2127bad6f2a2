"""Feedback as staff read it, and the forms that wait for one person. Nobody else sees answers."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.domain.feedback import ITEMS, Audience, Item, QuestionKind
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.feedback import FeedbackFormRecord, FeedbackResponseRecord
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries import people
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.meetings import visible_to
from lti_tool.queries.sign_ins import Actor

MEETINGS_SHOWN = 60
WANTED_FOR = timedelta(days=14)


class FormState(StrEnum):
    """How far a form has come."""

    being_made = "being-made"
    ready = "ready"
    needs_staff = "needs-staff"
    """Google refused something; a person has to mend it and try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLine:
    """A meeting that is over, and what was asked about it."""

    meeting_id: UUID
    starts_at: datetime
    mentors: str
    mentees: str
    is_asked: bool
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """What a scale question adds up to."""

    title: str
    value: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One response as staff read it."""

    who: str | None
    """Empty for a respondent whose token was not genuine."""
    submitted_at: datetime
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """One form with its answers."""

    audience: Audience
    state: FormState
    remedy: str
    expected: int
    answered: int
    """How many of those expected have answered; the unknown are counted apart."""
    averages: tuple[Average, ...]
    responses: tuple[Answered, ...]
    collected_at: datetime | None

    @property
    def unknown(self) -> int:
        """Count the responses whose respondent we do not know."""
        return sum(response.who is None for response in self.responses)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPage:
    """What people said about one meeting."""

    meeting_id: UUID
    starts_at: datetime
    is_over: bool
    mentors: str
    mentees: str
    forms: tuple[FormPage, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether everybody who was expected has answered, so that nobody needs to wait."""
        return all(form.answered >= form.expected for form in self.forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackWanted:
    """A form that waits for one person."""

    form_id: UUID
    meeting_id: UUID
    starts_at: datetime
    is_given: bool


def lines(session: Session, actor: Actor) -> tuple[FeedbackLine, ...]:
    """List the meetings that are over and that the actor may see, the latest first."""
    rows = session.scalars(
        select(MeetingRecord)
        .where(*visible_to(session, actor), MeetingRecord.status == MeetingStatus.ended)
        .order_by(MeetingRecord.starts_at.desc(), MeetingRecord.id)
        .limit(MEETINGS_SHOWN)
    ).all()
    ids = [row.id for row in rows]
    sides = _sides(session, actor.organization_id, ids)
    counts = _counts(session, actor.organization_id, ids)
    return tuple(
        FeedbackLine(
            meeting_id=row.id,
            starts_at=row.starts_at,
            mentors=sides[row.id, Audience.mentor],
            mentees=sides[row.id, Audience.mentee],
            is_asked=row.id in counts,
            answers=counts.get(row.id, 0),
        )
        for row in rows
    )


def page(session: Session, actor: Actor, meeting_id: UUID) -> FeedbackPage:
    """Return what people said about one meeting.

    :raises NotFoundError: if the actor may not see the meeting
    """
    meeting = session.scalars(
        select(MeetingRecord).where(*visible_to(session, actor), MeetingRecord.id == meeting_id)
    ).one_or_none()
    if meeting is None:
        raise NotFoundError
    sides = _sides(session, actor.organization_id, [meeting_id])
    forms = session.scalars(
        select(FeedbackFormRecord)
        .where(
            FeedbackFormRecord.organization_id == actor.organization_id,
            FeedbackFormRecord.meeting_id == meeting_id,
        )
        .order_by(FeedbackFormRecord.audience)
    ).all()
    return FeedbackPage(
        meeting_id=meeting_id,
        starts_at=meeting.starts_at,
        is_over=meeting.status == MeetingStatus.ended,
        mentors=sides[meeting_id, Audience.mentor],
        mentees=sides[meeting_id, Audience.mentee],
        forms=tuple(_form(session, form) for form in forms),
    )


def wanted_of(
    session: Session, organization_id: UUID, person_id: UUID, *, now: datetime
) -> tuple[FeedbackWanted, ...]:
    """List the forms that are open for this person, the latest meeting first."""
    rows = session.execute(
        select(FeedbackFormRecord, MeetingRecord.starts_at)
        .join(
            MeetingRecord,
            (MeetingRecord.organization_id == FeedbackFormRecord.organization_id)
            & (MeetingRecord.id == FeedbackFormRecord.meeting_id),
        )
        .join(
            MeetingPersonRecord,
            (MeetingPersonRecord.organization_id == FeedbackFormRecord.organization_id)
            & (MeetingPersonRecord.meeting_id == FeedbackFormRecord.meeting_id)
            & (MeetingPersonRecord.side == FeedbackFormRecord.audience),
        )
        .where(
            FeedbackFormRecord.organization_id == organization_id,
            MeetingPersonRecord.person_id == person_id,
            FeedbackFormRecord.shared_at > now - WANTED_FOR,
        )
        .order_by(MeetingRecord.starts_at.desc(), FeedbackFormRecord.id)
    ).all()
    given = set(
        session.scalars(
            select(FeedbackResponseRecord.form_id).where(
                FeedbackResponseRecord.organization_id == organization_id,
                FeedbackResponseRecord.person_id == person_id,
            )
        )
    )
    return tuple(
        FeedbackWanted(
            form_id=form.id,
            meeting_id=form.meeting_id,
            starts_at=starts_at,
            is_given=form.id in given,
        )
        for form, starts_at in rows
    )


def _form(session: Session, form: FeedbackFormRecord) -> FormPage:
    rows = session.scalars(
        select(FeedbackResponseRecord)
        .where(
            FeedbackResponseRecord.organization_id == form.organization_id,
            FeedbackResponseRecord.form_id == form.id,
        )
        .order_by(FeedbackResponseRecord.submitted_at)
    ).all()
    names = people.names(
        session, form.organization_id, {row.person_id for row in rows if row.person_id}
    )
    answers = [_answers(session, row) for row in rows]
    audience = Audience(form.audience)
    remedy = _remedy(session, form)
    return FormPage(
        audience=audience,
        state=_state(form, remedy),
        remedy=remedy,
        expected=_expected(session, form),
        answered=len({row.person_id for row in rows if row.person_id}),
        averages=tuple(
            _average(item, answers) for item in ITEMS[audience] if item.kind is QuestionKind.scale
        ),
        responses=tuple(
            Answered(
                who=names[row.person_id] if row.person_id else None,
                submitted_at=row.submitted_at,
                texts=tuple(
                    (item.title, given[item.key]) for item in ITEMS[audience] if item.key in given
                ),
            )
            for row, given in zip(rows, answers, strict=True)
        ),
        collected_at=form.collected_at,
    )


def _answers(session: Session, row: FeedbackResponseRecord) -> Mapping[str, str]:
    text = unseal(session, row, "answers_sealed")
    read: dict[str, str] = json.loads(text) if text else {}
    return read


def _average(item: Item, answers: Iterable[Mapping[str, str]]) -> Average:
    numbers = [int(given[item.key]) for given in answers if given.get(item.key, "").isdigit()]
    value = round(sum(numbers) / len(numbers), 1) if numbers else None
    return Average(title=item.title, value=value, count=len(numbers))


def _state(form: FeedbackFormRecord, remedy: str) -> FormState:
    if form.shared_at is not None:
        return FormState.ready
    return FormState.needs_staff if remedy else FormState.being_made


def _remedy(session: Session, form: FeedbackFormRecord) -> str:
    """Return what a person has to do before the form goes on, or nothing."""
    found = session.scalars(
        select(PromiseRecord.error_remedy).where(
            PromiseRecord.organization_id == form.organization_id,
            PromiseRecord.topic.like("feedback.%"),
            PromiseRecord.key == str(form.id),
            PromiseRecord.dead_at.is_not(None) | (PromiseRecord.error_code == "not-authorized"),
        )
    ).first()
    return found or ""


def _expected(session: Session, form: FeedbackFormRecord) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(MeetingPersonRecord)
            .where(
                MeetingPersonRecord.organization_id == form.organization_id,
                MeetingPersonRecord.meeting_id == form.meeting_id,
                MeetingPersonRecord.side == form.audience,
            )
        )
        or 0
    )


def _counts(
    session: Session, organization_id: UUID, meeting_ids: Sequence[UUID]
) -> dict[UUID, int]:
    rows = session.execute(
        select(FeedbackFormRecord.meeting_id, func.count(FeedbackResponseRecord.id))
        .outerjoin(
            FeedbackResponseRecord,
            (FeedbackResponseRecord.organization_id == FeedbackFormRecord.organization_id)
            & (FeedbackResponseRecord.form_id == FeedbackFormRecord.id),
        )
        .where(
            FeedbackFormRecord.organization_id == organization_id,
            FeedbackFormRecord.meeting_id.in_(meeting_ids),
        )
        .group_by(FeedbackFormRecord.meeting_id)
    )
    return {row[0]: row[1] for row in rows}


def _sides(
    session: Session, organization_id: UUID, meeting_ids: Sequence[UUID]
) -> dict[tuple[UUID, Audience], str]:
    """Return the names on each side of these meetings."""
    rows = session.execute(
        select(
            MeetingPersonRecord.meeting_id, MeetingPersonRecord.side, MeetingPersonRecord.person_id
        ).where(
            MeetingPersonRecord.organization_id == organization_id,
            MeetingPersonRecord.meeting_id.in_(meeting_ids),
        )
    ).all()
    names = people.names(session, organization_id, {row.person_id for row in rows})
    sides: defaultdict[tuple[UUID, Audience], list[str]] = defaultdict(list)
    for row in rows:
        sides[row.meeting_id, Audience(row.side)].append(names[row.person_id])
    return {
        (meeting_id, audience): ", ".join(sorted(sides[meeting_id, audience]))
        for meeting_id in meeting_ids
        for audience in Audience
    }
