"""Recording what a family allows, and taking it back: a withdrawal works at once (S2)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel, Consent
from lti_tool.domain.ids import PersonId
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.pairings import ConsentRecord
from lti_tool.models.sealed import seal
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, lapses, messages, people

WITHDRAWN = "student_on_hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A guardian's yes to one or more channels, as it stands on the school's form."""

    guardian_name: str
    channels: frozenset[Channel]
    given_on: date
    expires_on: date | None


def record(
    session: Session,
    given: Given,
    *,
    request_id: UUID,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Record the consent, one row per channel; a form sent twice is recorded once.

    :raises NotFoundError: if the school has no such student
    :raises ConsentInvalidError: if it ends before it was given
    """
    student_of_school(session, organization_id, school_id, person_id)
    fresh = []
    for channel in sorted(given.channels):
        Consent(
            person_id=PersonId(person_id),
            channel=channel,
            given_on=given.given_on,
            expires_on=given.expires_on,
            withdrawn_on=None,
            recorded_by=PersonId(actor_id),
        )
        row_id = uuid5(request_id, channel)
        if session.get(ConsentRecord, (organization_id, row_id)) is None:
            session.add(
                _row(session, given, channel, row_id, organization_id, person_id, actor_id, now)
            )
            fresh.append(channel)
    if not fresh:
        return
    session.flush()
    _write(session, "consent-recorded", organization_id, person_id, actor_id, now, fresh)
    if not _withdrawn_channels(session, organization_id, person_id) - set(fresh):
        messages.settle_matter(
            session, organization_id=organization_id, code=WITHDRAWN, subject_id=person_id, now=now
        )
    lapses.reassess(session, organization_id=organization_id, person_ids={person_id}, now=now)


def withdraw(
    session: Session,
    *,
    channel: Channel,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    on: date,
    now: datetime,
) -> None:
    """Withdraw every consent to a channel, from this moment on; twice changes nothing.

    :raises NotFoundError: if the school has no such student
    """
    student_of_school(session, organization_id, school_id, person_id)
    rows = session.scalars(
        select(ConsentRecord).where(
            ConsentRecord.organization_id == organization_id,
            ConsentRecord.person_id == person_id,
            ConsentRecord.channel == channel,
            ConsentRecord.withdrawn_on.is_(None),
        )
    ).all()
    if not rows:
        return
    for row in rows:
        # A consent for a later day is taken back on that day at the earliest.
        row.withdrawn_on, row.withdrawn_by = max(on, row.given_on), actor_id
    session.flush()
    _write(session, "consent-withdrawn", organization_id, person_id, actor_id, now, [channel])
    messages.notify_staff(
        session,
        organization_id=organization_id,
        school_id=school_id,
        code=WITHDRAWN,
        subject_kind="person",
        subject_id=person_id,
        now=now,
    )
    lapses.reassess(session, organization_id=organization_id, person_ids={person_id}, now=now)


def student_of_school(
    session: Session, organization_id: UUID, school_id: UUID, person_id: UUID
) -> None:
    """Lock the student and see that the school has them in a course, left or not.

    :raises NotFoundError: if the school has no such student
    """
    people.lock(session, organization_id, [person_id])
    found = session.scalars(
        select(MembershipRecord.id)
        .join(
            CourseRecord,
            (CourseRecord.organization_id == MembershipRecord.organization_id)
            & (CourseRecord.id == MembershipRecord.course_id),
        )
        .where(
            MembershipRecord.organization_id == organization_id,
            MembershipRecord.person_id == person_id,
            MembershipRecord.role == "student",
            CourseRecord.school_id == school_id,
        )
    ).first()
    if found is None:
        raise NotFoundError


def _row(
    session: Session,
    given: Given,
    channel: Channel,
    row_id: UUID,
    organization_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> ConsentRecord:
    return ConsentRecord(
        organization_id=organization_id,
        id=row_id,
        person_id=person_id,
        channel=channel,
        given_on=given.given_on,
        recorded_by=actor_id,
        recorded_at=now,
        guardian_name_sealed=seal(
            session,
            ConsentRecord.__tablename__,
            organization_id,
            row_id,
            "guardian_name_sealed",
            given.guardian_name,
        ),
        expires_on=given.expires_on,
    )


def _withdrawn_channels(session: Session, organization_id: UUID, person_id: UUID) -> set[Channel]:
    return {
        Channel(channel)
        for channel in session.scalars(
            select(ConsentRecord.channel).where(
                ConsentRecord.organization_id == organization_id,
                ConsentRecord.person_id == person_id,
                ConsentRecord.withdrawn_on.is_not(None),
            )
        )
    }


def _write(
    session: Session,
    action: str,
    organization_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
    channels: list[Channel],
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        payload={"channels": ", ".join(channels)},
    )
