"""What a mentor finds: the next meeting, what is still missing from them, what was agreed.

Nothing here comes from students' reflections, check-ins or feedback (S5).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.clearance import clearance_obstacles
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.domain.pairings import PairingStatus
from lti_tool.domain.policy import Policy
from lti_tool.domain.training import agreement_obstacles, training_obstacles
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.queries import feedback, gates, objectives, pairings, people
from lti_tool.queries.feedback import FeedbackWanted

AHEAD = (MeetingStatus.scheduled, MeetingStatus.open, MeetingStatus.on_hold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing the school needs before somebody mentors."""

    title: str
    is_done: bool
    text: str
    counts_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMeeting:
    """The meeting that comes next."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    channel: str
    status: MeetingStatus
    agenda: str | None
    supervisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorPairing:
    """Whom the mentor accompanies, and the objectives that were agreed."""

    mentees: tuple[str, ...]
    status: PairingStatus
    objectives: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorHome:
    """Everything on a mentor's start page."""

    name: str
    next_meeting: NextMeeting | None
    steps: tuple[Step, ...]
    pairings: tuple[MentorPairing, ...]
    wanted: tuple[FeedbackWanted, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is missing from the mentor."""
        return all(step.is_done for step in self.steps)


def page(
    session: Session,
    organization_id: UUID,
    person_id: UUID,
    *,
    policy: Policy,
    on: date,
    now: datetime,
) -> MentorHome:
    """Return a mentor's start page."""
    mine = pairings.for_mentor(session, organization_id, person_id)
    meeting = _next_meeting(session, organization_id, person_id, now)
    named = {person_id, *(mentee for pairing in mine for mentee in pairing.mentee_ids)}
    if meeting is not None:
        named.add(meeting.supervisor_id)
    names = people.names(session, organization_id, named)
    agreed = objectives.of_pairings(session, organization_id, [pairing.id for pairing in mine])
    return MentorHome(
        name=names[person_id],
        next_meeting=_meeting(meeting, names) if meeting else None,
        steps=_steps(session, organization_id, person_id, policy=policy, on=on),
        pairings=tuple(
            MentorPairing(
                mentees=tuple(sorted(names[mentee] for mentee in pairing.mentee_ids)),
                status=pairing.status,
                objectives=tuple(
                    line.text
                    for line in agreed
                    if line.pairing_id == pairing.id and line.agreed_on is not None
                ),
            )
            for pairing in mine
        ),
        wanted=feedback.wanted_of(session, organization_id, person_id, now=now),
    )


def _steps(
    session: Session, organization_id: UUID, person_id: UUID, *, policy: Policy, on: date
) -> tuple[Step, ...]:
    about = PersonId(person_id)
    file = gates.mentor_files(session, organization_id, [person_id])[about]
    clearance, agreement = file.clearance, file.agreement
    steps = [
        _step(
            "Background clearance",
            "The coordinator of the school tells you what is needed and where to bring it.",
            is_done=not clearance_obstacles(clearance, on=on, person_id=about),
            until=clearance.expires_on if clearance else None,
        ),
        _step(
            "Orientation",
            "The coordinator invites you to the orientation on your role and on supervision.",
            is_done=not training_obstacles(file.trainings, person_id=about, on=on, policy=policy),
        ),
    ]
    if policy.agreement_required:
        steps.append(
            _step(
                "Agreement",
                "You sign the mentoring agreement together with the school.",
                is_done=not agreement_obstacles(agreement, person_id=about, on=on, policy=policy),
                until=agreement.ends_on if agreement else None,
            )
        )
    return tuple(steps)


def _step(title: str, text: str, *, is_done: bool, until: date | None = None) -> Step:
    return Step(
        title=title,
        is_done=is_done,
        text="On record. Thank you." if is_done else text,
        counts_until=until if is_done else None,
    )


def _next_meeting(
    session: Session, organization_id: UUID, person_id: UUID, now: datetime
) -> MeetingRecord | None:
    return session.scalars(
        select(MeetingRecord)
        .join(
            MeetingPersonRecord,
            (MeetingPersonRecord.organization_id == MeetingRecord.organization_id)
            & (MeetingPersonRecord.meeting_id == MeetingRecord.id),
        )
        .where(
            MeetingRecord.organization_id == organization_id,
            MeetingPersonRecord.person_id == person_id,
            MeetingRecord.status.in_(AHEAD),
            MeetingRecord.ends_at > now,
        )
        # The open one first: that is where the mentor should be.
        .order_by(
            MeetingRecord.status != MeetingStatus.open, MeetingRecord.starts_at, MeetingRecord.id
        )
        .limit(1)
    ).one_or_none()


def _meeting(row: MeetingRecord, names: dict[UUID, str]) -> NextMeeting:
    return NextMeeting(
        id=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        channel=row.channel,
        status=MeetingStatus(row.status),
        agenda=row.agenda,
        supervisor=names[row.supervisor_id],
    )
