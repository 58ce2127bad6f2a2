"""Submissions: the student's own work, and the list of an activity that a teacher reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.submissions import SubmissionStatus
from lti_tool.models.course import MembershipRecord, SubmissionRecord, SubmissionTextRecord
from lti_tool.models.people import PersonRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries import objectives, pairings, people
from lti_tool.queries.objectives import ObjectiveLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One saved version of the work."""

    version: int
    text: str
    progress: Mapping[str, str]
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWork:
    """A student's work on an activity and what became of it; `id` is empty before the start."""

    id: UUID | None = None
    status: SubmissionStatus | None = None
    version: int = 0
    newest: Text | None = None
    handed_in: Text | None = None
    submitted_at: datetime | None = None
    points: float | None = None
    comment: str | None = None
    graded_at: datetime | None = None

    @property
    def has_newer_draft(self) -> bool:
        """Tell whether something was written after what the teacher reads."""
        return self.handed_in is not None and self.handed_in != self.newest


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLine:
    """A student of the course and where their work on an activity stands."""

    person_id: UUID
    name: str
    is_test: bool
    submission_id: UUID | None = None
    status: SubmissionStatus | None = None
    submitted_at: datetime | None = None
    points: float | None = None


def own_work(
    session: Session, organization_id: UUID, activity_id: UUID, person_id: UUID
) -> OwnWork:
    """Return the person's own work on the activity; an empty one before the first save."""
    row = session.scalars(
        select(SubmissionRecord).where(
            SubmissionRecord.organization_id == organization_id,
            SubmissionRecord.activity_id == activity_id,
            SubmissionRecord.person_id == person_id,
        )
    ).one_or_none()
    if row is None:
        return OwnWork()
    return OwnWork(
        id=row.id,
        status=SubmissionStatus(row.status),
        version=row.version,
        newest=text(session, organization_id, row.id, row.version),
        handed_in=text(session, organization_id, row.id, row.submitted_version),
        submitted_at=row.submitted_at,
        points=row.points,
        comment=unseal(session, row, "comment_sealed"),
        graded_at=row.graded_at,
    )


def text(
    session: Session, organization_id: UUID, submission_id: UUID, version: int | None
) -> Text | None:
    """Return one saved version of a submission that the caller has found in its scope."""
    if not version:
        return None
    row = session.scalars(
        select(SubmissionTextRecord).where(
            SubmissionTextRecord.organization_id == organization_id,
            SubmissionTextRecord.submission_id == submission_id,
            SubmissionTextRecord.version == version,
        )
    ).one_or_none()
    if row is None:
        return None
    return Text(
        version=row.version,
        text=unseal(session, row, "text_sealed") or "",
        progress=row.progress,
        saved_at=row.saved_at,
    )


def objectives_of(
    session: Session, organization_id: UUID, school_id: UUID, person_id: UUID
) -> tuple[ObjectiveLine, ...]:
    """List the objectives of the student's pairings at the school; none without a pairing."""
    own = [
        pairing.id
        for pairing in pairings.for_student(session, organization_id, person_id)
        if pairing.school_id == school_id
    ]
    return objectives.of_pairings(session, organization_id, own)


def of_activity(
    session: Session, organization_id: UUID, course_id: UUID, activity_id: UUID
) -> tuple[StudentLine, ...]:
    """List the students now in the course, and whoever else has begun, by name."""
    rows = session.execute(
        select(PersonRecord.id, PersonRecord.is_test, SubmissionRecord)
        .outerjoin(
            MembershipRecord,
            and_(
                MembershipRecord.organization_id == PersonRecord.organization_id,
                MembershipRecord.person_id == PersonRecord.id,
                MembershipRecord.course_id == course_id,
            ),
        )
        .outerjoin(
            SubmissionRecord,
            and_(
                SubmissionRecord.organization_id == PersonRecord.organization_id,
                SubmissionRecord.person_id == PersonRecord.id,
                SubmissionRecord.activity_id == activity_id,
            ),
        )
        .where(
            PersonRecord.organization_id == organization_id,
            or_(
                and_(MembershipRecord.role == "student", MembershipRecord.left_at.is_(None)),
                SubmissionRecord.id.is_not(None),
            ),
        )
    ).all()
    names = people.names(session, organization_id, [person_id for person_id, _, _ in rows])
    lines = (
        _line(person_id, names[person_id], row, is_test=is_test) for person_id, is_test, row in rows
    )
    return tuple(sorted(lines, key=lambda line: (line.is_test, line.name, str(line.person_id))))


def _line(
    person_id: UUID, name: str, row: SubmissionRecord | None, *, is_test: bool
) -> StudentLine:
    if row is None:
        return StudentLine(person_id=person_id, name=name, is_test=is_test)
    return StudentLine(
        person_id=person_id,
        name=name,
        is_test=is_test,
        submission_id=row.id,
        status=SubmissionStatus(row.status),
        submitted_at=row.submitted_at,
        points=row.points,
    )
