"""A student's work: drafts that save themselves, and handing in.

Every saved text is a version of its own and none is overwritten. A save names the version that
its page showed: a stale page is told of the newer text instead of replacing it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.db import insert_if_absent
from lti_tool.domain import submissions as rules
from lti_tool.domain.activities import ActivityKind, Progress
from lti_tool.domain.ids import ActivityId, PersonId, SubmissionId
from lti_tool.domain.submissions import Submission, SubmissionStatus
from lti_tool.models.course import ResourceLinkRecord, SubmissionRecord, SubmissionTextRecord
from lti_tool.models.pairings import ObjectiveCheckInRecord
from lti_tool.models.sealed import seal, unseal
from lti_tool.queries import activities, objectives, pairings
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.services import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes, where, and through which link they came."""

    organization_id: UUID
    school_id: UUID
    course_id: UUID
    person_id: UUID
    resource_link_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the student typed and chose; `version` is the one that the page showed."""

    version: int
    text: str
    progress: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The version under which the work is kept now."""

    version: int


def save_draft(
    session: Session, work: Work, *, author: Author, activity_id: UUID, now: datetime
) -> Saved:
    """Keep the work as the next version; what is with the teacher stays as it was handed in.

    :raises NotFoundError: if the course has no such activity
    :raises ChangedMeanwhileError: if another tab saved something else
    """
    activities.activity(session, author.organization_id, author.course_id, activity_id)
    row = _locked(session, author, activity_id, now)
    if _is_saved(session, row, work):
        return Saved(version=row.version)
    _refuse_stale(row, work)
    _add_version(session, row, work, now)
    return Saved(version=row.version)


def hand_in(
    session: Session, work: Work, *, author: Author, activity_id: UUID, now: datetime
) -> Saved:
    """Hand the work in; the same form sent twice hands it in once.

    :raises NotFoundError: if the course has no such activity
    :raises ChangedMeanwhileError: if another tab saved something else
    """
    activity = activities.activity(session, author.organization_id, author.course_id, activity_id)
    row = _locked(session, author, activity_id, now)
    is_same = _is_saved(session, row, work)
    if (
        is_same
        and row.status == SubmissionStatus.submitted
        and row.submitted_version == row.version
    ):
        return Saved(version=row.version)
    if not is_same:
        _refuse_stale(row, work)
    step = rules.hand_in_again if row.status == SubmissionStatus.submitted else rules.submit
    after = step(_value(row), now=now)
    _add_version(session, row, work, now)
    row.status, row.submitted_at = after.status, now
    row.submitted_version = row.version
    if activity.kind is ActivityKind.objective_check_in:
        _keep_progress(session, row, work, author, now)
    audit.write(
        session,
        organization_id=author.organization_id,
        actor_id=author.person_id,
        action="submission-handed-in",
        subject_kind="submission",
        subject_id=row.id,
        now=now,
        payload={"version": str(row.version)},
    )
    return Saved(version=row.version)


def _locked(session: Session, author: Author, activity_id: UUID, now: datetime) -> SubmissionRecord:
    """Return the one submission of the person, made at the first save, locked."""
    insert_if_absent(
        session,
        SubmissionRecord,
        {
            "organization_id": author.organization_id,
            "id": uuid4(),
            "activity_id": activity_id,
            "person_id": author.person_id,
            "resource_link_id": None,
            "status": SubmissionStatus.draft,
            "started_at": now,
            "changed_at": now,
            "version": 0,
            "grade_version": 0,
            "posted_grade_version": 0,
        },
    )
    row = session.scalars(
        select(SubmissionRecord)
        .where(
            SubmissionRecord.organization_id == author.organization_id,
            SubmissionRecord.activity_id == activity_id,
            SubmissionRecord.person_id == author.person_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    _note_link(session, row, author)
    return row


def _note_link(session: Session, row: SubmissionRecord, author: Author) -> None:
    """Keep the student's own link: the score goes to its line item, one per section."""
    if author.resource_link_id in {None, row.resource_link_id}:
        return
    link = session.get(ResourceLinkRecord, (author.organization_id, author.resource_link_id))
    if link is not None and link.activity_id == row.activity_id:
        row.resource_link_id = link.id


def _newest(session: Session, row: SubmissionRecord) -> SubmissionTextRecord | None:
    return session.scalars(
        select(SubmissionTextRecord).where(
            SubmissionTextRecord.organization_id == row.organization_id,
            SubmissionTextRecord.submission_id == row.id,
            SubmissionTextRecord.version == row.version,
        )
    ).one_or_none()


def _is_saved(session: Session, row: SubmissionRecord, work: Work) -> bool:
    newest = _newest(session, row)
    if newest is None:
        return False
    text = unseal(session, newest, "text_sealed")
    return text == work.text and newest.progress == dict(work.progress)


def _refuse_stale(row: SubmissionRecord, work: Work) -> None:
    if work.version != row.version:
        raise ChangedMeanwhileError


def _add_version(session: Session, row: SubmissionRecord, work: Work, now: datetime) -> None:
    row.version += 1
    row.changed_at = now
    text_id = uuid4()
    session.add(
        SubmissionTextRecord(
            organization_id=row.organization_id,
            id=text_id,
            submission_id=row.id,
            version=row.version,
            saved_at=now,
            text_sealed=seal(
                session,
                SubmissionTextRecord.__tablename__,
                row.organization_id,
                text_id,
                "text_sealed",
                work.text,
            ),
            progress=dict(work.progress),
        )
    )
    session.flush()


def _keep_progress(
    session: Session, row: SubmissionRecord, work: Work, author: Author, now: datetime
) -> None:
    """Put what was handed in on record for each objective of the student's own pairings."""
    session.execute(
        delete(ObjectiveCheckInRecord).where(
            ObjectiveCheckInRecord.organization_id == row.organization_id,
            ObjectiveCheckInRecord.submission_id == row.id,
        )
    )
    own = [
        pairing.id
        for pairing in pairings.for_student(session, author.organization_id, author.person_id)
        if pairing.school_id == author.school_id
    ]
    for objective in objectives.of_pairings(session, author.organization_id, own):
        chosen = work.progress.get(str(objective.id))
        if chosen is None:
            continue
        session.add(
            ObjectiveCheckInRecord(
                organization_id=row.organization_id,
                id=uuid4(),
                objective_id=objective.id,
                submission_id=row.id,
                progress=Progress(chosen),
                recorded_at=now,
            )
        )


def _value(row: SubmissionRecord) -> Submission:
    return Submission(
        id=SubmissionId(row.id),
        activity_id=ActivityId(row.activity_id),
        person_id=PersonId(row.person_id),
        status=SubmissionStatus(row.status),
        version=row.version,
        submitted_at=row.submitted_at,
        points=row.points,
    )
