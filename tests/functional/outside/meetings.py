"""A meeting that is over, and its forms once Google has made them, written as rows."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lti_tool.models.feedback import FeedbackFormRecord
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from tests.factories.world import ZONE, World


def add_meeting(
    session: Session, world: World, *, status: str, starts_at: datetime, agenda: str | None = None
) -> UUID:
    """Write a meeting of the pairing and return its id."""
    row = MeetingRecord(
        organization_id=world.organization_id,
        id=uuid4(),
        pairing_id=world.pairing_id,
        request_id=uuid4(),
        title="Career Mentoring",
        channel="in-person",
        place="school",
        local_start="2026-11-24T10:00",
        time_zone=ZONE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        supervisor_id=world.rivera_id,
        backup_id=world.chen_id,
        status=status,
        created_by=world.teacher_id,
        created_at=starts_at,
        agenda=agenda,
    )
    session.add(row)
    session.flush()
    for person_id, side in ((world.mentor_id, "mentor"), (world.student_id, "mentee")):
        session.add(
            MeetingPersonRecord(
                organization_id=world.organization_id,
                id=uuid4(),
                meeting_id=row.id,
                person_id=person_id,
                side=side,
            )
        )
    session.flush()
    return row.id


def make_forms_ready(session: Session, meeting_id: UUID, *, now: datetime) -> dict[str, UUID]:
    """Have Google made the forms of a meeting; return their ids by audience."""
    rows = session.query(FeedbackFormRecord).filter_by(meeting_id=meeting_id).all()
    for row in rows:
        row.remote_form_id = f"remote-{row.audience}"
        row.responder_url = f"https://forms.example/{row.audience}/viewform"
        row.items_filled_at = row.published_at = row.shared_at = now
    return {row.audience: row.id for row in rows}
