"""Activities, links and students' work, made through the services."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.activities import ActivityKind
from lti_tool.models.course import ResourceLinkRecord, SubmissionRecord
from lti_tool.services import activities, grading, submissions
from lti_tool.services.activities import NewActivity
from lti_tool.services.grading import Grade, Place
from lti_tool.services.submissions import Author, Saved, Work
from tests.factories.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Coursework:
    """A course's work, as its teacher and students do it."""

    world: World
    now: datetime

    @property
    def place(self) -> Place:
        """Return where and as whom the teacher grades."""
        return Place(
            organization_id=self.world.organization_id,
            course_id=self.world.course_id,
            teacher_id=self.world.teacher_id,
        )

    def author(self, person_id: UUID | None = None, *, link_id: UUID | None = None) -> Author:
        """Return a student of the course; the paired one if none is named."""
        return Author(
            organization_id=self.world.organization_id,
            school_id=self.world.school_id,
            course_id=self.world.course_id,
            person_id=person_id or self.world.student_id,
            resource_link_id=link_id,
        )

    def activity(
        self,
        session: Session,
        *,
        kind: ActivityKind = ActivityKind.reflection,
        points: int | None = 10,
        title: str = "What I learned",
    ) -> UUID:
        """Define an activity."""
        return activities.place(
            session,
            NewActivity(
                id=uuid4(), kind=kind, title=title, instructions="Look back.", points=points
            ),
            organization_id=self.world.organization_id,
            course_id=self.world.course_id,
            teacher_id=self.world.teacher_id,
            now=self.now,
        )

    def link(
        self,
        session: Session,
        activity_id: UUID,
        *,
        column: str | None = "https://canvas.example/1",
    ) -> UUID:
        """Note a link of the LMS that opens the activity."""
        link_id = uuid4()
        session.add(
            ResourceLinkRecord(
                organization_id=self.world.organization_id,
                id=link_id,
                course_id=self.world.course_id,
                deployment_id=self.world.deployment_id,
                lti_resource_link_id=link_id.hex,
                first_seen_at=self.now,
                activity_id=activity_id,
                line_item_url=column,
            )
        )
        session.flush()
        return link_id

    def save(
        self, session: Session, activity_id: UUID, work: Work, *, author: Author | None = None
    ) -> Saved:
        """Save a draft."""
        return submissions.save_draft(
            session,
            work,
            author=author or self.author(),
            activity_id=activity_id,
            now=self.now,
        )

    def hand_in(
        self, session: Session, activity_id: UUID, work: Work, *, author: Author | None = None
    ) -> UUID:
        """Hand work in and return the submission's id."""
        by = author or self.author()
        submissions.hand_in(session, work, author=by, activity_id=activity_id, now=self.now)
        return session.scalars(
            select(SubmissionRecord.id).where(
                SubmissionRecord.activity_id == activity_id,
                SubmissionRecord.person_id == by.person_id,
            )
        ).one()

    def grade(
        self,
        session: Session,
        submission_id: UUID,
        points: float | None,
        *,
        comment: str = "",
        work_version: int = 1,
        grade_version: int = 0,
        now: datetime | None = None,
    ) -> None:
        """Grade what was handed in."""
        grading.grade(
            session,
            Grade(
                points=points,
                comment=comment,
                work_version=work_version,
                grade_version=grade_version,
            ),
            place=self.place,
            submission_id=submission_id,
            now=now or self.now,
        )
