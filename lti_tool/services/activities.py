"""Placing activities: definitions that the LMS then links to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.db import insert_if_absent
from lti_tool.domain.activities import ActivityKind, points_obstacles
from lti_tool.domain.errors import DomainError
from lti_tool.models.course import ActivityRecord
from lti_tool.queries.activities import activity
from lti_tool.services import audit


class ActivityInvalidError(DomainError):
    """The activity's points do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """What the teacher wants to place; `id` is made with the form, so it is placed once."""

    id: UUID
    kind: ActivityKind
    title: str
    instructions: str
    points: int | None


def place(
    session: Session,
    new: NewActivity,
    *,
    organization_id: UUID,
    course_id: UUID,
    teacher_id: UUID,
    now: datetime,
) -> UUID:
    """Define an activity of the course; the same form sent again defines nothing more.

    :raises ActivityInvalidError: if the points are out of range
    :raises NotFoundError: if the id belongs to another course
    """
    if obstacles := points_obstacles(new.points):
        raise ActivityInvalidError(*obstacles)
    added = insert_if_absent(
        session,
        ActivityRecord,
        {
            "organization_id": organization_id,
            "id": new.id,
            "course_id": course_id,
            "kind": new.kind,
            "title": new.title.strip(),
            "instructions": new.instructions.strip(),
            "points": new.points,
            "created_by": teacher_id,
            "created_at": now,
        },
    )
    if not added:
        return activity(session, organization_id, course_id, new.id).id
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=teacher_id,
        action="activity-placed",
        subject_kind="activity",
        subject_id=new.id,
        now=now,
        payload={"kind": new.kind, "title": new.title},
    )
    return new.id
