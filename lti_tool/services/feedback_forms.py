"""Making a form, one request to Google for each promise: create, fill, publish, share.

A form is created unpublished, and only the one whose id is on record is ever filled and published;
what a lost answer leaves behind is an empty form that nobody can open. Filling is all or nothing
but cannot be repeated, so after a try whose outcome is unknown the form is read first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.feedback import (
    DESCRIPTIONS,
    ITEMS,
    RESPONDENT_QUESTION_ID,
    RESPONDENT_TITLE,
    TITLE,
    Audience,
    QuestionKind,
)
from lti_tool.models.feedback import FeedbackFormRecord
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.ports.errors import NotAuthorizedError
from lti_tool.ports.google import Account, FormContent, Question, RemoteForm
from lti_tool.queries.pairings import pairing_people
from lti_tool.services import audit, google, messages, outbox
from lti_tool.services.mail_texts import Template
from lti_tool.services.outbox import Claim, Topic
from lti_tool.services.respondents import ENTRY

CREATE = Topic(name="feedback.create", queue="google")
FILL = Topic(name="feedback.fill", queue="google")
CHECK = Topic(name="feedback.check", queue="google")
PUBLISH = Topic(name="feedback.publish", queue="google")
SHARE = Topic(name="feedback.share", queue="google")

FILL_AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWork:
    """What to ask for: in whose account, and about which form."""

    account: Account | None
    audience: Audience
    remote_form_id: str = ""
    since: datetime | None = None

    @property
    def owner(self) -> Account:
        """Return the account.

        :raises NotAuthorizedError: if there is none to act in
        """
        if self.account is None:
            raise NotAuthorizedError(
                "Connect Google, and put the supervisor's school Google address on the roster."
            )
        return self.account


def content(audience: Audience) -> FormContent:
    """Return what the form asks: the respondent's token first, then our questions."""
    token = Question(
        question_id=RESPONDENT_QUESTION_ID,
        title=RESPONDENT_TITLE,
        kind=QuestionKind.text,
        is_required=False,
    )
    return FormContent(
        title=TITLE,
        description=DESCRIPTIONS[audience],
        questions=(
            token,
            *(
                Question(
                    question_id=item.question_id,
                    title=item.title,
                    kind=item.kind,
                    is_required=item.is_required,
                )
                for item in ITEMS[audience]
            ),
        ),
    )


def create_to_do(session: Session, claim: Claim, _now: datetime) -> FormWork | None:
    """Say in whose account a form is to be created; nothing when there is one."""
    form = form_of(session, claim)
    if form is None or form.remote_form_id is not None:
        return None
    return FormWork(account=account_of(session, form), audience=Audience(form.audience))


def create_done(
    session: Session, claim: Claim, _work: FormWork, made: RemoteForm, now: datetime
) -> None:
    """Keep the form unless there is one; another one stays empty and unpublished."""
    form = form_of(session, claim)
    if form is None or form.remote_form_id is not None:
        _note(session, claim, "form-orphaned", now)
        return
    form.remote_form_id, form.responder_url = made.form_id, made.responder_url
    _note(session, claim, "form-created", now)
    _promise(session, claim, FILL, now)


def fill_to_do(session: Session, claim: Claim, now: datetime) -> FormWork | None:
    """Say which form is to be filled; after a try with unknown outcome have it read instead."""
    form = form_of(session, claim)
    if form is None or form.remote_form_id is None or form.items_filled_at is not None:
        return None
    if claim.attempts > 1:
        _promise(session, claim, CHECK, now)
        return None
    return about(session, form)


def fill_done(
    session: Session, claim: Claim, _work: FormWork, _answer: None, now: datetime
) -> None:
    """Note that the form is complete and have it published."""
    _filled(session, claim, now)


def check_to_do(session: Session, claim: Claim, _now: datetime) -> FormWork | None:
    """Say which form is to be read because nobody knows whether it was filled."""
    form = form_of(session, claim)
    if form is None or form.items_filled_at is not None:
        return None
    return about(session, form)


def check_done(
    session: Session, claim: Claim, _work: FormWork, found: RemoteForm, now: datetime
) -> None:
    """Go on with a form that was filled after all; fill any other one again."""
    form = form_of(session, claim)
    if form is None:
        return
    wanted = {question.question_id for question in content(Audience(form.audience)).questions}
    if wanted <= set(found.question_ids):
        _filled(session, claim, now)
    else:
        outbox.promise(
            session,
            FILL,
            organization_id=claim.organization_id,
            key=claim.key,
            now=now,
            due_at=now + FILL_AGAIN_AFTER,
        )


def publish_to_do(session: Session, claim: Claim, _now: datetime) -> FormWork | None:
    """Say which complete form is to be published."""
    form = form_of(session, claim)
    if form is None or form.items_filled_at is None or form.published_at is not None:
        return None
    return about(session, form)


def publish_done(
    session: Session, claim: Claim, _work: FormWork, _answer: None, now: datetime
) -> None:
    """Note that the form takes answers and have it opened to those with the link."""
    form = form_of(session, claim)
    if form is not None and form.published_at is None:
        form.published_at = now
        _note(session, claim, "form-published", now)
        _promise(session, claim, SHARE, now)


def share_to_do(session: Session, claim: Claim, _now: datetime) -> FormWork | None:
    """Say which published form is to be opened to those with the link."""
    form = form_of(session, claim)
    if form is None or form.published_at is None or form.shared_at is not None:
        return None
    return about(session, form)


def share_done(
    session: Session, claim: Claim, _work: FormWork, _answer: None, now: datetime
) -> None:
    """Note that the form is ready, and tell the mentors; students see it where they meet."""
    form = form_of(session, claim)
    if form is None or form.shared_at is not None:
        return
    form.shared_at, form.token_entry = now, ENTRY
    _note(session, claim, "form-ready", now)
    if form.audience == Audience.mentor:
        for person_id in _people(session, form):
            messages.mail_person(
                session,
                organization_id=form.organization_id,
                person_id=person_id,
                template=Template.feedback_wanted,
                subject_id=form.meeting_id,
                now=now,
            )


def form_of(session: Session, claim: Claim) -> FeedbackFormRecord | None:
    """Return the form that a promise is about, locked."""
    return session.get(FeedbackFormRecord, (claim.organization_id, claim.key), with_for_update=True)


def account_of(session: Session, form: FeedbackFormRecord) -> Account | None:
    """Return the account in which the form lies; nothing when its owner has no address any more."""
    meeting = session.get_one(MeetingRecord, (form.organization_id, form.meeting_id))
    school_id = pairing_people(session, form.organization_id, meeting.pairing_id).school_id
    return google.account_of(session, form.organization_id, school_id, form.owner_id)


def about(
    session: Session, form: FeedbackFormRecord, *, since: datetime | None = None
) -> FormWork | None:
    """Return the work on a form that Google has; nothing before it was created."""
    if form.remote_form_id is None:
        return None
    return FormWork(
        account=account_of(session, form),
        audience=Audience(form.audience),
        remote_form_id=form.remote_form_id,
        since=since,
    )


def _filled(session: Session, claim: Claim, now: datetime) -> None:
    form = form_of(session, claim)
    if form is not None and form.items_filled_at is None:
        form.items_filled_at = now
        _promise(session, claim, PUBLISH, now)


def _people(session: Session, form: FeedbackFormRecord) -> tuple[UUID, ...]:
    return tuple(
        session.scalars(
            select(MeetingPersonRecord.person_id).where(
                MeetingPersonRecord.organization_id == form.organization_id,
                MeetingPersonRecord.meeting_id == form.meeting_id,
                MeetingPersonRecord.side == form.audience,
            )
        )
    )


def _promise(session: Session, claim: Claim, topic: Topic, now: datetime) -> None:
    outbox.promise(session, topic, organization_id=claim.organization_id, key=claim.key, now=now)


def _note(session: Session, claim: Claim, action: str, now: datetime) -> None:
    audit.write(
        session,
        organization_id=claim.organization_id,
        actor_id=None,
        action=action,
        subject_kind="feedback-form",
        subject_id=claim.key,
        now=now,
    )
