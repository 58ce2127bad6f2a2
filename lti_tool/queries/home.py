"""What needs somebody now: the start pages of staff and of students, in few statements."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.activities import ActivityKind
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.domain.submissions import SubmissionStatus
from lti_tool.models.course import (
    ActivityRecord,
    ProgramRecord,
    SubmissionRecord,
)
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.messages import NoticeRecord
from lti_tool.models.pairings import PairingRecord
from lti_tool.queries import grading, meetings, objectives, pairing_pages, pairings, people
from lti_tool.queries import program as programs
from lti_tool.queries.meetings import MeetingLine
from lti_tool.queries.objectives import ObjectiveLine
from lti_tool.queries.pairing_pages import PairingLine
from lti_tool.queries.program import Program

NOTICES_SHOWN = 20
RINGING = frozenset({"unsupervised", "concern", "remove_from_meeting"})
"""What is told first (S2, S10); all else is a line on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the person stands: the tenant, the school and, in the LMS, the course."""

    organization_id: UUID
    school_id: UUID
    course_id: UUID | None
    person_id: UUID
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """Something staff should see to."""

    id: UUID
    code: str
    subject_kind: str
    subject_id: UUID
    name: str
    """The person it is about; empty for other matters."""
    raised_at: datetime
    rings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffHome:
    """What needs a teacher or coordinator now."""

    program: Program | None
    notices: tuple[NoticeLine, ...]
    meetings_today: tuple[MeetingLine, ...]
    to_grade: int | None
    """What waits to be read in this course; outside a course there is nothing to say."""
    not_ready: tuple[PairingLine, ...]
    active_pairings: int
    has_pairings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """An activity of the course with where the student's own work stands."""

    id: UUID
    kind: ActivityKind
    title: str
    status: SubmissionStatus | None
    points: float | None
    points_max: int | None

    @property
    def is_due(self) -> bool:
        """Tell whether the student still has something to do."""
        return self.status in {None, SubmissionStatus.draft, SubmissionStatus.returned}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentHome:
    """What a student has ahead, and how far they have come."""

    mentors: tuple[str, ...]
    next_meeting: MeetingLine | None
    agenda: str | None
    activities: tuple[ActivityLine, ...]
    objectives: tuple[ObjectiveLine, ...]


def for_staff(session: Session, place: Place, *, on: date) -> StaffHome:
    """Return what needs a teacher or coordinator now."""
    here = programs.programs_here(
        session, place.organization_id, school_id=place.school_id, course_id=place.course_id
    )
    lines = pairing_pages.of_programs(session, place.organization_id, here, on=on)
    open_lines = [line for line in lines if line.status != "ended"]
    return StaffHome(
        program=here[0] if here else None,
        notices=notices(session, place),
        meetings_today=meetings_today(session, place, on=on, is_only_own=False),
        to_grade=_to_grade(session, place),
        not_ready=tuple(line for line in open_lines if line.obstacles),
        active_pairings=sum(line.status == "active" and not line.obstacles for line in open_lines),
        has_pairings=bool(open_lines),
    )


def for_student(session: Session, place: Place, *, now: datetime) -> StudentHome:
    """Return what the student has ahead; nothing of anybody else's but the mentors' names."""
    mine = pairings.for_student(session, place.organization_id, place.person_id)
    active = [pairing for pairing in mine if pairing.status == "active"]
    names = people.names(
        session, place.organization_id, {i for pairing in active for i in pairing.mentor_ids}
    )
    row = _next_meeting(session, place, now)
    return StudentHome(
        mentors=tuple(sorted(names.values())),
        next_meeting=meetings.lines(session, place.organization_id, [row])[0] if row else None,
        agenda=row.agenda if row else None,
        activities=_activities(session, place),
        objectives=objectives.of_pairings(
            session, place.organization_id, [pairing.id for pairing in mine]
        ),
    )


def notices(session: Session, place: Place) -> tuple[NoticeLine, ...]:
    """List what is open at the school, what rings first, then the newest."""
    rows = session.scalars(
        select(NoticeRecord)
        .where(
            NoticeRecord.organization_id == place.organization_id,
            NoticeRecord.school_id == place.school_id,
            NoticeRecord.settled_at.is_(None),
        )
        .order_by(NoticeRecord.raised_at.desc(), NoticeRecord.id)
        .limit(NOTICES_SHOWN)
    ).all()
    about = {row.subject_id for row in rows if row.subject_kind == "person"}
    names = people.names(session, place.organization_id, about)
    lines = (
        NoticeLine(
            id=row.id,
            code=row.code,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            name=names.get(row.subject_id, ""),
            raised_at=row.raised_at,
            rings=row.code in RINGING,
        )
        for row in rows
    )
    return tuple(sorted(lines, key=lambda line: not line.rings))


def meetings_today(
    session: Session, place: Place, *, on: date, is_only_own: bool
) -> tuple[MeetingLine, ...]:
    """List the school's meetings of that local day, or those the person supervises."""
    start = datetime.combine(on, time(), tzinfo=ZoneInfo(place.zone))
    end = datetime.combine(on + timedelta(days=1), time(), tzinfo=ZoneInfo(place.zone))
    wanted = (
        select(MeetingRecord)
        .join(
            PairingRecord,
            (PairingRecord.organization_id == MeetingRecord.organization_id)
            & (PairingRecord.id == MeetingRecord.pairing_id),
        )
        .join(
            ProgramRecord,
            (ProgramRecord.organization_id == PairingRecord.organization_id)
            & (ProgramRecord.id == PairingRecord.program_id),
        )
        .where(
            MeetingRecord.organization_id == place.organization_id,
            ProgramRecord.school_id == place.school_id,
            MeetingRecord.status != MeetingStatus.cancelled,
            MeetingRecord.starts_at >= start,
            MeetingRecord.starts_at < end,
        )
        .order_by(MeetingRecord.starts_at, MeetingRecord.id)
    )
    if is_only_own:
        wanted = wanted.where(
            or_(
                MeetingRecord.supervisor_id == place.person_id,
                MeetingRecord.backup_id == place.person_id,
            )
        )
    return tuple(meetings.lines(session, place.organization_id, session.scalars(wanted)))


def _to_grade(session: Session, place: Place) -> int | None:
    if place.course_id is None:
        return None
    return grading.waiting_count(session, place.organization_id, place.course_id)


def _next_meeting(session: Session, place: Place, now: datetime) -> MeetingRecord | None:
    return session.scalars(
        select(MeetingRecord)
        .join(
            MeetingPersonRecord,
            (MeetingPersonRecord.organization_id == MeetingRecord.organization_id)
            & (MeetingPersonRecord.meeting_id == MeetingRecord.id),
        )
        .where(
            MeetingRecord.organization_id == place.organization_id,
            MeetingPersonRecord.person_id == place.person_id,
            MeetingRecord.status.in_(
                (MeetingStatus.scheduled, MeetingStatus.open, MeetingStatus.on_hold)
            ),
            MeetingRecord.ends_at > now,
        )
        # The open one first: that is where the student should be.
        .order_by(
            MeetingRecord.status != MeetingStatus.open, MeetingRecord.starts_at, MeetingRecord.id
        )
        .limit(1)
    ).one_or_none()


def _activities(session: Session, place: Place) -> tuple[ActivityLine, ...]:
    rows = session.execute(
        select(ActivityRecord, SubmissionRecord.status, SubmissionRecord.points)
        .outerjoin(
            SubmissionRecord,
            (SubmissionRecord.organization_id == ActivityRecord.organization_id)
            & (SubmissionRecord.activity_id == ActivityRecord.id)
            & (SubmissionRecord.person_id == place.person_id),
        )
        .where(
            ActivityRecord.organization_id == place.organization_id,
            ActivityRecord.course_id == place.course_id,
        )
        .order_by(ActivityRecord.created_at, ActivityRecord.id)
    ).all()
    return tuple(
        ActivityLine(
            id=row.id,
            kind=ActivityKind(row.kind),
            title=row.title,
            status=SubmissionStatus(status) if status else None,
            points=points,
            points_max=row.points,
        )
        for row, status, points in rows
    )
