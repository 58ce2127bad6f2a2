"""Sending a stored mail: the text, and for signing in the secrets, are made at that moment.

Only digests of the secrets are stored. A mail whose sending has to be repeated gets new ones, so
the newest code is the one that works.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.feedback import FeedbackFormRecord
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.messages import MailRecord
from lti_tool.models.pairings import MentorRecord
from lti_tool.models.people import OrganizationRecord, SignInRequestRecord
from lti_tool.services import people, sign_in_requests
from lti_tool.services.mail_texts import Letter, Template
from lti_tool.services.outbox import Claim


def mail_to_do(session: Session, claim: Claim, now: datetime) -> Letter | None:
    """Return the mail; nothing when it was sent, is pointless by now or has nowhere to go."""
    mail = session.get(MailRecord, (claim.organization_id, claim.key), with_for_update=True)
    if mail is None or mail.sent_at is not None:
        return None
    address = people.subject(
        session, mail.organization_id, mail.person_id, people.IdentityKind.e_mail
    )
    if address is None:
        return None
    organization = session.get_one(OrganizationRecord, mail.organization_id)
    letter = Letter(
        message_id=str(mail.id),
        to=address,
        template=_template(mail.template),
        organization=organization.name,
        is_mentor=session.get(MentorRecord, (mail.organization_id, mail.person_id)) is not None,
        time_zone=organization.time_zone,
    )
    if letter.template is Template.sign_in:
        return _with_secrets(session, mail, letter, now)
    return replace(letter, starts_at=_meeting_start(session, mail))


def mail_done(session: Session, claim: Claim, _work: Letter, _answer: None, now: datetime) -> None:
    """Note that the mail was handed over."""
    session.get_one(MailRecord, (claim.organization_id, claim.key)).sent_at = now


def _template(name: str) -> Template:
    """Read the template; one that we have no text for asks to come and look."""
    return Template(name) if name in set(Template) else Template.notice


def _with_secrets(
    session: Session, mail: MailRecord, letter: Letter, now: datetime
) -> Letter | None:
    request = session.get(SignInRequestRecord, (mail.organization_id, mail.subject_id))
    if request is None or request.consumed_at is not None or request.expires_at <= now:
        return None
    code, link_secret = sign_in_requests.make_secrets(session, request)
    return replace(letter, code=code, link_secret=link_secret)


def _meeting_start(session: Session, mail: MailRecord) -> datetime | None:
    """Return when the meeting begins that the mail is about, directly or by its form."""
    return session.scalars(
        select(MeetingRecord.starts_at)
        .outerjoin(
            FeedbackFormRecord,
            (FeedbackFormRecord.organization_id == MeetingRecord.organization_id)
            & (FeedbackFormRecord.meeting_id == MeetingRecord.id),
        )
        .where(
            MeetingRecord.organization_id == mail.organization_id,
            (MeetingRecord.id == mail.subject_id) | (FeedbackFormRecord.id == mail.subject_id),
        )
    ).first()
