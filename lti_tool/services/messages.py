"""Telling people: notices for the staff of a school, and mails to one person.

A notice says what needs somebody's eye until it is settled; the same matter is told once. A mail
is stored without its text, which is written when it is sent (decision 17).
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.messages import MailRecord, NoticeRecord
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, outbox
from lti_tool.services.outbox import Topic

MAIL = Topic(name="mail.send", queue="mail")


def notify_staff(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    code: str,
    subject_kind: str,
    subject_id: UUID,
    now: datetime,
) -> UUID:
    """Tell the staff of a school; while the same matter is open it is not told again."""
    known = session.scalars(
        select(NoticeRecord.id).where(
            NoticeRecord.organization_id == organization_id,
            NoticeRecord.school_id == school_id,
            NoticeRecord.code == code,
            NoticeRecord.subject_id == subject_id,
            NoticeRecord.settled_at.is_(None),
        )
    ).first()
    if known is not None:
        return known
    notice_id = uuid4()
    session.add(
        NoticeRecord(
            organization_id=organization_id,
            id=notice_id,
            school_id=school_id,
            code=code,
            subject_kind=subject_kind,
            subject_id=subject_id,
            raised_at=now,
        )
    )
    session.flush()
    return notice_id


def settle(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    notice_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Note that somebody has seen to it; settling twice changes nothing.

    :raises NotFoundError: if the school has no such notice
    """
    row = session.get(NoticeRecord, (organization_id, notice_id), with_for_update=True)
    if row is None or row.school_id != school_id:
        raise NotFoundError
    if row.settled_at is not None:
        return
    row.settled_at, row.settled_by = now, actor_id
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action="notice-settled",
        subject_kind="notice",
        subject_id=notice_id,
        now=now,
        payload={"code": row.code},
    )


def settle_matter(
    session: Session, *, organization_id: UUID, code: str, subject_id: UUID, now: datetime
) -> None:
    """Settle what has cleared by itself, such as a mentor whose clearance was renewed."""
    for row in session.scalars(
        select(NoticeRecord).where(
            NoticeRecord.organization_id == organization_id,
            NoticeRecord.code == code,
            NoticeRecord.subject_id == subject_id,
            NoticeRecord.settled_at.is_(None),
        )
    ):
        row.settled_at = now


def mail_person(
    session: Session,
    *,
    organization_id: UUID,
    person_id: UUID,
    template: str,
    subject_id: UUID,
    now: datetime,
) -> UUID:
    """Store a mail to one person and promise to send it."""
    mail_id = uuid4()
    session.add(
        MailRecord(
            organization_id=organization_id,
            id=mail_id,
            person_id=person_id,
            template=template,
            subject_id=subject_id,
            wanted_at=now,
        )
    )
    session.flush()
    outbox.promise(session, MAIL, organization_id=organization_id, key=mail_id, now=now)
    return mail_id
