"""Asking for feedback after a meeting, and showing people the way to their form."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.keyring import Keyring
from lti_tool.db import insert_if_absent
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.feedback import Audience
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.feedback import FeedbackFormRecord
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, google, outbox
from lti_tool.services.feedback_forms import CREATE
from lti_tool.services.respondents import VALID_FOR, respondent_url


class FeedbackCode(StrEnum):
    """Why feedback cannot be asked for, or given, now."""

    not_over = "meeting-not-over"
    no_account = "feedback-without-google"
    not_ready = "feedback-form-not-ready"


_REMEDIES = {
    FeedbackCode.not_over: "Ask once the meeting has taken place and is closed.",
    FeedbackCode.no_account: (
        "Ask in class instead, or have the IT administrator connect Google and the coordinator "
        "add the supervisor's school Google address to the staff roster."
    ),
    FeedbackCode.not_ready: "The form is still being made. Look again in a minute.",
}


class FeedbackRefusedError(DomainError):
    """Feedback cannot be asked for, or given, now."""


def ask(
    session: Session, *, organization_id: UUID, meeting_id: UUID, actor_id: UUID, now: datetime
) -> None:
    """Have one form made for the students and one for the mentors; asking twice is once.

    :raises NotFoundError: if there is no such meeting
    :raises FeedbackRefusedError: if the meeting is not over, or Google cannot be reached for it
    """
    meeting = session.get(MeetingRecord, (organization_id, meeting_id), with_for_update=True)
    if meeting is None:
        raise NotFoundError
    if meeting.status != MeetingStatus.ended:
        raise _refused(FeedbackCode.not_over)
    if google.host_account(session, meeting) is None:
        raise _refused(FeedbackCode.no_account)
    for audience in Audience:
        form_id = uuid4()
        is_new = insert_if_absent(
            session,
            FeedbackFormRecord,
            {
                "organization_id": organization_id,
                "id": form_id,
                "meeting_id": meeting_id,
                "audience": str(audience),
                "owner_id": meeting.host_id or meeting.supervisor_id,
                "requested_at": now,
            },
        )
        if is_new:
            outbox.promise(session, CREATE, organization_id=organization_id, key=form_id, now=now)
            _note(session, organization_id, form_id, "feedback-asked", actor_id, now)


def give(
    session: Session, *, organization_id: UUID, form_id: UUID, person_id: UUID, now: datetime
) -> str:
    """Return the address of the form for somebody who was in the meeting; every showing is logged.

    :raises NotFoundError: if the form is not for this person
    :raises FeedbackRefusedError: if the form is not ready
    """
    form = session.get(FeedbackFormRecord, (organization_id, form_id))
    if form is None or not is_for(session, form, person_id):
        raise NotFoundError
    if form.responder_url is None or form.shared_at is None:
        raise _refused(FeedbackCode.not_ready)
    keyring: Keyring = session.info["keyring"]
    _note(session, organization_id, form_id, "feedback-link-shown", person_id, now)
    return respondent_url(
        keyring,
        responder_url=form.responder_url,
        form_id=form_id,
        person_id=person_id,
        expires_at=form.shared_at + VALID_FOR,
    )


def is_for(session: Session, form: FeedbackFormRecord, person_id: UUID) -> bool:
    """Tell whether the form is for this person: in the meeting, and on that side."""
    return (
        session.scalars(
            select(MeetingPersonRecord.id).where(
                MeetingPersonRecord.organization_id == form.organization_id,
                MeetingPersonRecord.meeting_id == form.meeting_id,
                MeetingPersonRecord.person_id == person_id,
                MeetingPersonRecord.side == form.audience,
            )
        ).first()
        is not None
    )


def _refused(code: FeedbackCode) -> FeedbackRefusedError:
    return FeedbackRefusedError(Obstacle(code=code, remedy=_REMEDIES[code]))


def _note(
    session: Session,
    organization_id: UUID,
    form_id: UUID,
    action: str,
    actor_id: UUID,
    now: datetime,
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="feedback-form",
        subject_id=form_id,
        now=now,
    )
