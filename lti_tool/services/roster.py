"""The roster of a course, page by page, as the LMS tells it; careful when much of it is gone.

One promise fetches one page. Nobody leaves before the last page, and nobody at all when the
roster is empty or over a tenth of it is gone: then staff decide (decision 26).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.domain.roles import course_role, is_test_user
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.messages import NoticeRecord
from lti_tool.models.people import PersonRecord
from lti_tool.ports.lms import Member, Platform, RosterPage
from lti_tool.queries import registration as registrations
from lti_tool.services import audit, outbox, people
from lti_tool.services.course import ROSTER, want_roster
from lti_tool.services.people import Identity

LARGEST_LOSS = 0.1
HELD = "roster_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageToFetch:
    """The next page of a course's roster, and the walk that it belongs to."""

    platform: Platform
    url: str
    course_id: UUID
    sync_id: UUID


def roster_page_to_fetch(
    session: Session, *, organization_id: UUID, course_id: UUID
) -> PageToFetch | None:
    """Return which page comes next; nothing when the course has no roster service."""
    course = session.get(CourseRecord, (organization_id, course_id), with_for_update=True)
    if course is None or course.memberships_url is None or course.roster_held:
        return None
    platform = registrations.registration(session, course.registration_id)
    if platform is None:
        return None
    if course.roster_sync_id is None or course.roster_next_url is None:
        course.roster_sync_id, course.roster_next_url = uuid4(), course.memberships_url
    return PageToFetch(
        platform=platform.platform,
        url=course.roster_next_url,
        course_id=course.id,
        sync_id=course.roster_sync_id,
    )


def roster_page_fetched(
    session: Session,
    fetched: PageToFetch,
    page: RosterPage,
    *,
    organization_id: UUID,
    now: datetime,
) -> None:
    """Store a page, and either promise the next one or settle who has left."""
    course = session.get_one(
        CourseRecord, (organization_id, fetched.course_id), with_for_update=True
    )
    if course.roster_sync_id != fetched.sync_id:
        return  # a newer walk has begun meanwhile
    members = {member.subject: member for member in page.members if member.is_active}
    is_news = _store(session, course, tuple(members.values()), now=now)
    if page.next_url is not None and is_news:
        course.roster_next_url = page.next_url
        outbox.promise(session, ROSTER, organization_id=organization_id, key=course.id, now=now)
        return
    course.roster_next_url = None
    _settle(session, course, now=now)


def fetch_now(
    session: Session, *, organization_id: UUID, course_id: UUID, by: UUID, now: datetime
) -> None:
    """Ask for the roster at once, on the word of staff, however fresh it is."""
    course = session.get_one(CourseRecord, (organization_id, course_id), with_for_update=True)
    course.roster_wanted_at = None
    want_roster(session, course, now=now)
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=by,
        action="roster-asked",
        subject_kind="course",
        subject_id=course_id,
        now=now,
    )


def accept_held_roster(
    session: Session, *, organization_id: UUID, course_id: UUID, by: UUID, now: datetime
) -> None:
    """Let staff confirm that the missing people have left; a decision on record."""
    course = session.get_one(CourseRecord, (organization_id, course_id), with_for_update=True)
    if course.roster_held:
        _leave(session, course, _missing(session, course), now=now)
        _release(session, course, by=by, action="held-roster-accepted", now=now)


def dismiss_held_roster(
    session: Session, *, organization_id: UUID, course_id: UUID, by: UUID, now: datetime
) -> None:
    """Let staff say that the LMS was wrong: nobody leaves, and the roster is asked for again."""
    course = session.get_one(CourseRecord, (organization_id, course_id), with_for_update=True)
    if course.roster_held:
        course.roster_wanted_at = None
        _release(session, course, by=by, action="held-roster-dismissed", now=now)


def _store(
    session: Session, course: CourseRecord, members: Sequence[Member], *, now: datetime
) -> bool:
    """Store the members of one page; tell whether any was new to this walk."""
    identities = {people.lti(course.registration_id, member.subject): member for member in members}
    known = _people(session, course, identities, now=now)
    rows = {
        row.person_id: row
        for row in session.scalars(
            select(MembershipRecord).where(
                MembershipRecord.organization_id == course.organization_id,
                MembershipRecord.course_id == course.id,
                MembershipRecord.person_id.in_(known.values()),
            )
        )
    }
    is_news = False
    for identity, member in identities.items():
        person_id = known[identity]
        row = rows.get(person_id)
        if row is None:
            row = MembershipRecord(
                organization_id=course.organization_id,
                id=uuid4(),
                course_id=course.id,
                person_id=person_id,
                role="",
                seen_at=now,
            )
            session.add(row)
        is_news = is_news or row.sync_id != course.roster_sync_id
        row.role, row.seen_at, row.left_at = course_role(member.roles), now, None
        row.sync_id = course.roster_sync_id
    session.flush()
    return is_news


def _people(
    session: Session, course: CourseRecord, members: dict[Identity, Member], *, now: datetime
) -> dict[Identity, UUID]:
    found = people.find_many(session, course.organization_id, members)
    # Loaded at once, so that keeping each name current costs no statement of its own.
    _ = session.scalars(
        select(PersonRecord).where(
            PersonRecord.organization_id == course.organization_id,
            PersonRecord.id.in_(found.values()),
        )
    ).all()
    everybody: dict[Identity, UUID] = {}
    for identity, member in members.items():
        person_id = found.get(identity)
        if person_id is None:
            person_id = people.add(
                session,
                course.organization_id,
                identities=(identity,),
                name=member.name,
                now=now,
                is_test=is_test_user(member.roles),
            )
        elif member.name:
            people.set_name(session, course.organization_id, person_id, member.name)
        everybody[identity] = person_id
    return everybody


def _settle(session: Session, course: CourseRecord, *, now: datetime) -> None:
    """After the last page: let those leave who are gone, or hold the roster for staff."""
    course.roster_synced_at = now
    missing = _missing(session, course)
    present = _present(session, course)
    if missing and (not present or len(missing) > LARGEST_LOSS * (present + len(missing))):
        course.roster_held = True
        session.add(
            NoticeRecord(
                organization_id=course.organization_id,
                id=uuid4(),
                school_id=course.school_id,
                code=HELD,
                subject_kind="course",
                subject_id=course.id,
                raised_at=now,
            )
        )
        return
    _leave(session, course, missing, now=now)


def _missing(session: Session, course: CourseRecord) -> list[UUID]:
    """Return memberships that an earlier walk knew and this one did not meet."""
    return list(
        session.scalars(
            select(MembershipRecord.id).where(
                MembershipRecord.organization_id == course.organization_id,
                MembershipRecord.course_id == course.id,
                MembershipRecord.left_at.is_(None),
                MembershipRecord.sync_id.is_not(None),
                MembershipRecord.sync_id != course.roster_sync_id,
            )
        )
    )


def _present(session: Session, course: CourseRecord) -> int:
    return len(
        session.scalars(
            select(MembershipRecord.id).where(
                MembershipRecord.organization_id == course.organization_id,
                MembershipRecord.course_id == course.id,
                MembershipRecord.sync_id == course.roster_sync_id,
            )
        ).all()
    )


def _leave(
    session: Session, course: CourseRecord, membership_ids: list[UUID], *, now: datetime
) -> None:
    if not membership_ids:
        return
    session.execute(
        update(MembershipRecord)
        .where(
            MembershipRecord.organization_id == course.organization_id,
            MembershipRecord.id.in_(membership_ids),
        )
        .values(left_at=now)
    )
    audit.write(
        session,
        organization_id=course.organization_id,
        actor_id=None,
        action="left-roster",
        subject_kind="course",
        subject_id=course.id,
        now=now,
        payload={"memberships": " ".join(sorted(map(str, membership_ids)))},
    )


def _release(
    session: Session, course: CourseRecord, *, by: UUID, action: str, now: datetime
) -> None:
    course.roster_held = False
    session.execute(
        update(NoticeRecord)
        .where(
            NoticeRecord.organization_id == course.organization_id,
            NoticeRecord.code == HELD,
            NoticeRecord.subject_id == course.id,
            NoticeRecord.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by=by)
    )
    audit.write(
        session,
        organization_id=course.organization_id,
        actor_id=by,
        action=action,
        subject_kind="course",
        subject_id=course.id,
        now=now,
    )
