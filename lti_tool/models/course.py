"""Rows of courses, their memberships, programs and the links that the LMS launches."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow, refers


class CourseRecord(TenantRow, Base, kw_only=True):
    """A course: (organization, registration, context), whatever deployment launched it."""

    __tablename__ = "courses"
    __table_args__ = (
        ForeignKeyConstraint(["registration_id"], ["registrations.id"]),
        refers("school_id", to="schools"),
        UniqueConstraint("organization_id", "registration_id", "context_id"),
    )

    registration_id: Mapped[UUID]
    school_id: Mapped[UUID]
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"))
    """The deployment of the latest launch: line items and rosters are asked for through it."""
    context_id: Mapped[str]
    title: Mapped[str]
    memberships_url: Mapped[str | None] = mapped_column(default=None)
    line_items_url: Mapped[str | None] = mapped_column(default=None)
    scopes: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    roster_next_url: Mapped[str | None] = mapped_column(default=None)
    """Where a roster sync in progress goes on; one page is one remote request."""
    roster_sync_id: Mapped[UUID | None] = mapped_column(default=None)
    roster_wanted_at: Mapped[datetime | None] = mapped_column(default=None)
    roster_synced_at: Mapped[datetime | None] = mapped_column(default=None)
    roster_held: Mapped[bool] = mapped_column(default=False)
    """An empty or much smaller roster waits for staff (decision 26)."""


class MembershipRecord(TenantRow, Base, kw_only=True):
    """A person's place in a course, as the LMS last told it."""

    __tablename__ = "memberships"
    __table_args__ = (
        refers("course_id", to="courses"),
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "course_id", "person_id"),
        Index("ix_memberships_person", "organization_id", "person_id"),
    )

    course_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    seen_at: Mapped[datetime]
    sync_id: Mapped[UUID | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class ResourceLinkRecord(TenantRow, Base, kw_only=True):
    """A link in the course: (deployment, context, id); a place where an activity is opened."""

    __tablename__ = "resource_links"
    __table_args__ = (
        refers("course_id", to="courses"),
        refers("activity_id", to="activities"),
        UniqueConstraint("organization_id", "course_id", "deployment_id", "lti_resource_link_id"),
    )

    course_id: Mapped[UUID]
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"))
    lti_resource_link_id: Mapped[str]
    first_seen_at: Mapped[datetime]
    activity_id: Mapped[UUID | None] = mapped_column(default=None)
    line_item_url: Mapped[str | None] = mapped_column(default=None)
    """Taken from the launch it belongs to (per link, per section on Schoology)."""


class ProgramRecord(TenantRow, Base, kw_only=True):
    """A year of mentoring at a school."""

    __tablename__ = "programs"
    __table_args__ = (refers("school_id", to="schools"),)

    school_id: Mapped[UUID]
    name: Mapped[str]
    format: Mapped[str]
    is_e_mentoring: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    policy: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    """What this program narrows of the organization's policy."""
    version: Mapped[int] = mapped_column(default=1)


class ProgramCourseRecord(TenantRow, Base, kw_only=True):
    """A course in which a program is carried out; `id` is the course's."""

    __tablename__ = "program_courses"
    __table_args__ = (
        refers("program_id", to="programs"),
        refers("id", to="courses"),
    )

    program_id: Mapped[UUID]


class ActivityRecord(TenantRow, Base, kw_only=True):
    """A deep-linkable assignment, reflection or objective check-in of a course."""

    __tablename__ = "activities"
    __table_args__ = (refers("course_id", to="courses"),)

    course_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    instructions: Mapped[str]
    points: Mapped[int | None]
    """Empty when the activity is not graded."""
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]


class SubmissionRecord(TenantRow, Base, kw_only=True):
    """A student's work on an activity, and what the teacher said of it."""

    __tablename__ = "submissions"
    __table_args__ = (
        refers("activity_id", to="activities"),
        refers("person_id", to="people"),
        refers("resource_link_id", to="resource_links"),
        UniqueConstraint("organization_id", "activity_id", "person_id"),
    )

    activity_id: Mapped[UUID]
    person_id: Mapped[UUID]
    resource_link_id: Mapped[UUID | None]
    """The student's own launch: the score goes to this link's line item."""
    status: Mapped[str]
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=0)
    """Grows with every saved text; a stale tab is told instead of overwriting."""
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    submitted_version: Mapped[int | None] = mapped_column(default=None)
    """The saved text that the teacher reads; later drafts wait until they are handed in."""
    points: Mapped[float | None] = mapped_column(default=None)
    comment_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    graded_by: Mapped[UUID | None] = mapped_column(default=None)
    graded_at: Mapped[datetime | None] = mapped_column(default=None)
    grade_version: Mapped[int] = mapped_column(default=0)
    posted_grade_version: Mapped[int] = mapped_column(default=0)
    """The grade version that the LMS gradebook has confirmed."""
    posted_at: Mapped[datetime | None] = mapped_column(default=None)


class SubmissionTextRecord(TenantRow, Base, kw_only=True):
    """One saved version of a submission's text; never overwritten."""

    __tablename__ = "submission_texts"
    __table_args__ = (
        refers("submission_id", to="submissions"),
        UniqueConstraint("organization_id", "submission_id", "version"),
    )

    submission_id: Mapped[UUID]
    version: Mapped[int]
    saved_at: Mapped[datetime]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    progress: Mapped[dict[str, str]] = mapped_column(JSON, default_factory=dict)
    """Objective check-in: how far each objective has come, by its id, as chosen so far."""
