"""What administrators do when something is stuck or waits: try again, approve an installation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.queries import operations as queries
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, outbox, registration
from lti_tool.services.registration import Approval


class OperationsCode(StrEnum):
    """Why an installation cannot be approved here."""

    not_waiting = "deployment-not-waiting"


class ApprovalRefusedError(DomainError):
    """No installation of that id waits on a platform of the organization."""


def retry(
    session: Session, *, organization_id: UUID, promise_id: UUID, actor_id: UUID, now: datetime
) -> None:
    """Give a dead letter another chance.

    :raises NotFoundError: if it is not one of the organization's
    """
    if not outbox.retry(session, organization_id=organization_id, promise_id=promise_id, now=now):
        raise NotFoundError
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action="promise-retried",
        subject_kind="promise",
        subject_id=promise_id,
        now=now,
    )


def approve(
    session: Session,
    *,
    organization_id: UUID,
    organization_name: str,
    school_id: UUID,
    time_zone: str,
    lti_deployment_id: str,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Give a waiting installation to the administrator's own school.

    :raises ApprovalRefusedError: if none of that id waits
    """
    deployment_id = queries.waiting_deployment(session, organization_id, lti_deployment_id)
    if deployment_id is None:
        remedy = "Open the tool once from the new course, then copy the deployment id from the LMS."
        raise ApprovalRefusedError(Obstacle(code=OperationsCode.not_waiting, remedy=remedy))
    registration.approve(
        session,
        deployment_id,
        Approval(
            organization=organization_name,
            school=queries.school_name(session, organization_id, school_id),
            time_zone=time_zone,
            coordinators=(),
        ),
        now=now,
    )
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action="deployment-approved-by",
        subject_kind="deployment",
        subject_id=deployment_id,
        now=now,
    )
