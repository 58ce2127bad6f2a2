"""Arriving in a course: what a checked launch says, stored; and the wish for its roster.

A launch never merges people by e-mail, takes roles from the course only, and keeps service
addresses only when they lie on a host that is bound to the registration.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import insert_if_absent
from lti_tool.domain.roles import course_role, is_test_user
from lti_tool.models.course import (
    ActivityRecord,
    CourseRecord,
    MembershipRecord,
    ResourceLinkRecord,
)
from lti_tool.models.registration import DeploymentRecord
from lti_tool.queries.registration import Registration
from lti_tool.services import audit, outbox, people, registration
from lti_tool.services.outbox import Topic

ROSTER = Topic(name="roster", queue="lms")
ROSTER_AGE = timedelta(minutes=15)
"""A launch asks for the roster again when it is older than this."""
MOST_FRAME_ORIGINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What the platform's signed message says, checked and without anything we do not use."""

    message_type: str
    subject: str
    roles: tuple[str, ...]
    name: str | None
    lti_deployment_id: str
    context_id: str | None
    context_title: str | None
    resource_link_id: str | None
    activity_id: UUID | None
    masquerading_subject: str | None
    memberships_url: str | None
    line_items_url: str | None
    line_item_url: str | None
    scopes: tuple[str, ...]
    frame_origins: tuple[str, ...]
    deep_linking: str | None
    """JSON of the deep-linking settings, when the teacher came to choose something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where somebody arrived, and as whom."""

    organization_id: UUID
    school_id: UUID
    deployment_id: UUID
    course_id: UUID
    person_id: UUID
    masquerading_person_id: UUID | None
    course_role: str
    resource_link_id: UUID | None
    activity_id: UUID | None
    """As the link names it; whether it is in this course is asked again when it is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The deployment is not approved yet: nobody and nothing was stored but the deployment."""

    deployment_id: UUID


def enter(
    session: Session, platform: Registration, launch: Launch, *, now: datetime
) -> Arrival | Waiting:
    """Store what the launch tells of the person, the course and the link, and who came.

    :raises ValueError: if the launch names no course
    """
    if launch.context_id is None:
        raise ValueError("a launch without a context enters no course")
    deployment = registration.seen_deployment(
        session, platform.id, launch.lti_deployment_id, now=now
    )
    if (
        deployment.approved_at is None
        or deployment.organization_id is None
        or deployment.school_id is None
    ):
        return Waiting(deployment_id=deployment.id)
    _remember_frames(deployment, launch)
    course = _course(session, platform, deployment, launch, now=now)
    person_id = _person(session, platform, course, launch, now=now)
    role = course_role(launch.roles)
    _join(session, course, person_id, role=role, now=now)
    link = _link(session, platform, course, deployment, launch, now=now)
    masquerading = _masquerading(session, platform, course, launch, now=now)
    want_roster(session, course, now=now)
    audit.write(
        session,
        organization_id=course.organization_id,
        actor_id=masquerading or person_id,
        action="launched" if masquerading is None else "launched-as-another-person",
        subject_kind="person" if masquerading else "course",
        subject_id=person_id if masquerading else course.id,
        now=now,
        payload={"role": role, "course": str(course.id)},
    )
    return Arrival(
        organization_id=course.organization_id,
        school_id=course.school_id,
        deployment_id=deployment.id,
        course_id=course.id,
        person_id=person_id,
        masquerading_person_id=masquerading,
        course_role=role,
        resource_link_id=link.id if link else None,
        activity_id=launch.activity_id,
    )


def want_roster(session: Session, course: CourseRecord, *, now: datetime) -> None:
    """Promise a fresh roster unless one was asked for a short while ago."""
    if course.memberships_url is None or course.roster_held:
        return
    asked = course.roster_wanted_at
    if asked is not None and asked > now - ROSTER_AGE:
        return
    course.roster_wanted_at = now
    # From the first page on: the bookmark of an older, broken-off walk may have expired.
    course.roster_sync_id = course.roster_next_url = None
    outbox.promise(session, ROSTER, organization_id=course.organization_id, key=course.id, now=now)


def _remember_frames(deployment: DeploymentRecord, launch: Launch) -> None:
    known = list(deployment.frame_origins)
    fresh = [each for each in launch.frame_origins if each not in known]
    if fresh:
        deployment.frame_origins = [*known, *fresh][-MOST_FRAME_ORIGINS:]


def _course(
    session: Session,
    platform: Registration,
    deployment: DeploymentRecord,
    launch: Launch,
    *,
    now: datetime,
) -> CourseRecord:
    wanted = select(CourseRecord).where(
        CourseRecord.organization_id == deployment.organization_id,
        CourseRecord.registration_id == platform.id,
        CourseRecord.context_id == launch.context_id,
    )
    row = session.scalars(wanted).one_or_none()
    if row is None:
        added = insert_if_absent(
            session,
            CourseRecord,
            {
                "organization_id": deployment.organization_id,
                "id": uuid4(),
                "registration_id": platform.id,
                "school_id": deployment.school_id,
                "deployment_id": deployment.id,
                "context_id": launch.context_id,
                "title": launch.context_title or "Course",
                "scopes": [],
                "roster_held": False,
            },
        )
        row = session.scalars(wanted).one()
        if added:
            audit.write(
                session,
                organization_id=row.organization_id,
                actor_id=None,
                action="course-first-seen",
                subject_kind="course",
                subject_id=row.id,
                now=now,
            )
    _update_course(row, deployment, launch)
    return row


def _update_course(row: CourseRecord, deployment: DeploymentRecord, launch: Launch) -> None:
    """Take over what the platform says now; equal values write nothing."""
    row.deployment_id = deployment.id
    row.title = launch.context_title or row.title
    row.memberships_url = launch.memberships_url or row.memberships_url
    row.line_items_url = launch.line_items_url or row.line_items_url
    if launch.scopes and list(launch.scopes) != row.scopes:
        row.scopes = list(launch.scopes)


def _person(
    session: Session,
    platform: Registration,
    course: CourseRecord,
    launch: Launch,
    *,
    now: datetime,
) -> UUID:
    return people.find_or_add(
        session,
        course.organization_id,
        people.lti(platform.id, launch.subject),
        name=launch.name,
        now=now,
        is_test=is_test_user(launch.roles),
    )


def _masquerading(
    session: Session,
    platform: Registration,
    course: CourseRecord,
    launch: Launch,
    *,
    now: datetime,
) -> UUID | None:
    if launch.masquerading_subject in {None, launch.subject}:
        return None
    return people.find_or_add(
        session,
        course.organization_id,
        people.lti(platform.id, launch.masquerading_subject or ""),
        name=None,
        now=now,
    )


def _join(
    session: Session, course: CourseRecord, person_id: UUID, *, role: str, now: datetime
) -> None:
    wanted = select(MembershipRecord).where(
        MembershipRecord.organization_id == course.organization_id,
        MembershipRecord.course_id == course.id,
        MembershipRecord.person_id == person_id,
    )
    row = session.scalars(wanted).one_or_none()
    if row is None:
        insert_if_absent(
            session,
            MembershipRecord,
            {
                "organization_id": course.organization_id,
                "id": uuid4(),
                "course_id": course.id,
                "person_id": person_id,
                "role": role,
                "seen_at": now,
            },
        )
        return
    row.role, row.seen_at, row.left_at = role, now, None


def _link(
    session: Session,
    platform: Registration,
    course: CourseRecord,
    deployment: DeploymentRecord,
    launch: Launch,
    *,
    now: datetime,
) -> ResourceLinkRecord | None:
    if launch.resource_link_id is None:
        return None
    key = _link_key(platform, launch, launch.resource_link_id)
    wanted = select(ResourceLinkRecord).where(
        ResourceLinkRecord.organization_id == course.organization_id,
        ResourceLinkRecord.course_id == course.id,
        ResourceLinkRecord.deployment_id == deployment.id,
        ResourceLinkRecord.lti_resource_link_id == key,
    )
    row = session.scalars(wanted).one_or_none()
    if row is None:
        insert_if_absent(
            session,
            ResourceLinkRecord,
            {
                "organization_id": course.organization_id,
                "id": uuid4(),
                "course_id": course.id,
                "deployment_id": deployment.id,
                "lti_resource_link_id": key,
                "first_seen_at": now,
            },
        )
        row = session.scalars(wanted).one()
    row.line_item_url = launch.line_item_url or row.line_item_url
    if launch.activity_id is not None and row.activity_id != launch.activity_id:
        row.activity_id = _activity_here(session, course, launch.activity_id) or row.activity_id
    return row


def _link_key(platform: Registration, launch: Launch, link_id: str) -> str:
    """Tell links apart that share an id: Schoology gives every section its own line item.

    A score must go to the line item of the student's own launch, so each is a link of its own.
    """
    if platform.profile == "schoology" and launch.line_item_url:
        return f"{link_id} {launch.line_item_url}"
    return link_id


def _activity_here(session: Session, course: CourseRecord, activity_id: UUID) -> UUID | None:
    return session.scalars(
        select(ActivityRecord.id).where(
            ActivityRecord.organization_id == course.organization_id,
            ActivityRecord.course_id == course.id,
            ActivityRecord.id == activity_id,
        )
    ).one_or_none()
