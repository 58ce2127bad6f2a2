"""Collecting what people answered: read again and again while a form is young, stored once each."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.keyring import Keyring
from lti_tool.domain.feedback import ITEMS, RESPONDENT_QUESTION_ID, Audience
from lti_tool.models.feedback import FeedbackFormRecord, FeedbackResponseRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.sealed import seal
from lti_tool.ports.google import FormResponse
from lti_tool.services import feedback, outbox
from lti_tool.services.feedback_forms import FormWork, about, form_of
from lti_tool.services.outbox import Claim, Topic
from lti_tool.services.respondents import respondent

COLLECT = Topic(name="feedback.collect", queue="google")

READ_FOR = timedelta(days=14)
FRESH_FOR = timedelta(days=1)
FRESH_EVERY, LATER_EVERY = timedelta(seconds=25), timedelta(minutes=15)
"""Most answers come on the first day; Google counts these reads as expensive ones."""
OVERLAP = timedelta(minutes=2)
"""The next reading starts this much before the newest answer seen: Google's lists lag a little."""


def look_for_responses(session: Session, organization_id: UUID, now: datetime) -> None:
    """Have young forms read; one whose reading waits or needs a person is left alone."""
    busy = select(PromiseRecord.key).where(
        PromiseRecord.organization_id == organization_id,
        PromiseRecord.topic == COLLECT.name,
        PromiseRecord.is_open | PromiseRecord.dead_at.is_not(None),
    )
    taken = set(session.scalars(busy))
    for form in session.scalars(
        select(FeedbackFormRecord).where(
            FeedbackFormRecord.organization_id == organization_id,
            FeedbackFormRecord.shared_at > now - READ_FOR,
            or_(
                FeedbackFormRecord.collected_at.is_(None),
                FeedbackFormRecord.collected_at <= now - FRESH_EVERY,
            ),
        )
    ):
        if str(form.id) not in taken and _is_due(form, now):
            outbox.promise(session, COLLECT, organization_id=organization_id, key=form.id, now=now)


def collect_to_do(session: Session, claim: Claim, _now: datetime) -> FormWork | None:
    """Say which form's answers are to be listed, and since when."""
    form = form_of(session, claim)
    if form is None or form.shared_at is None:
        return None
    since = form.collected_until - OVERLAP if form.collected_until else None
    return about(session, form, since=since)


def collect_done(
    session: Session,
    claim: Claim,
    _work: FormWork,
    responses: Iterable[FormResponse],
    now: datetime,
) -> None:
    """Store new answers and newer versions of known ones; the same answer again changes nothing."""
    form = form_of(session, claim)
    if form is None:
        return
    form.collected_at = now
    for response in responses:
        _store(session, form, response, now)
        if form.collected_until is None or response.submitted_at > form.collected_until:
            form.collected_until = response.submitted_at


def _is_due(form: FeedbackFormRecord, now: datetime) -> bool:
    if form.collected_at is None or form.shared_at is None:
        return True
    every = FRESH_EVERY if now - form.shared_at < FRESH_FOR else LATER_EVERY
    return form.collected_at <= now - every


def _store(
    session: Session, form: FeedbackFormRecord, response: FormResponse, now: datetime
) -> None:
    row = session.scalars(
        select(FeedbackResponseRecord).where(
            FeedbackResponseRecord.organization_id == form.organization_id,
            FeedbackResponseRecord.form_id == form.id,
            FeedbackResponseRecord.remote_response_id == response.response_id,
        )
    ).one_or_none()
    if row is not None and row.submitted_at >= response.submitted_at:
        return
    row_id = row.id if row else uuid4()
    answers = seal(
        session,
        FeedbackResponseRecord.__tablename__,
        form.organization_id,
        row_id,
        "answers_sealed",
        json.dumps(_answers(form, response)),
    )
    if row is None:
        row = FeedbackResponseRecord(
            organization_id=form.organization_id,
            id=row_id,
            form_id=form.id,
            remote_response_id=response.response_id,
            submitted_at=response.submitted_at,
            collected_at=now,
            answers_sealed=answers,
        )
        session.add(row)
    row.answers_sealed, row.submitted_at, row.collected_at = answers, response.submitted_at, now
    row.person_id = _respondent(session, form, response)
    session.flush()


def _answers(form: FeedbackFormRecord, response: FormResponse) -> dict[str, str]:
    """Return the answers by our keys; the token is no answer and is not kept."""
    return {
        item.key: " ".join(response.answers[item.question_id])
        for item in ITEMS[Audience(form.audience)]
        if item.question_id in response.answers
    }


def _respondent(session: Session, form: FeedbackFormRecord, response: FormResponse) -> UUID | None:
    """Return who answered, if the token is genuine and the person was in the meeting."""
    keyring: Keyring = session.info["keyring"]
    token = "".join(response.answers.get(RESPONDENT_QUESTION_ID, ()))
    person_id = respondent(keyring, token, form_id=form.id, submitted_at=response.submitted_at)
    if person_id is None or not feedback.is_for(session, form, person_id):
        return None
    return person_id
