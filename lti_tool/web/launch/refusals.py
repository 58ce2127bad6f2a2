"""Pages for launches that lead nowhere: the reason for an administrator, and a reference."""

import structlog
from flask.typing import ResponseReturnValue

from lti_tool.queries.registration import Registration
from lti_tool.web.errors import Explanation, error_page, new_reference

log = structlog.get_logger(__name__)


def refused(
    *reasons: str, registration: Registration | None = None, status: int = 400
) -> ResponseReturnValue:
    """Refuse a login or launch; nothing was created."""
    reference = new_reference()
    log.warning(
        "launch refused",
        reference=reference,
        reasons=list(reasons),
        registration_id=str(registration.id) if registration else None,
    )
    explanation = Explanation(
        title="This could not be opened",
        happened=f"For your administrator: {'; '.join(reasons)}.",
        kept="Nothing was changed.",
        todo="Go back to your course and open it again. If it happens again, "
        "give your administrator the reference below.",
    )
    return error_page(status, explanation, reference=reference)


def keys_unavailable(registration: Registration, remedy: str) -> ResponseReturnValue:
    """Say that the platform's keys could not be had, so that nobody can be let in."""
    reference = new_reference()
    log.error("key set unavailable", reference=reference, registration_id=str(registration.id))
    explanation = Explanation(
        title="Your learning platform does not answer",
        happened=f"For your administrator: its public keys could not be read. {remedy}",
        kept="Nothing was changed.",
        todo="Wait a minute, then open it again from your course.",
    )
    return error_page(503, explanation, reference=reference)


def waiting(registration: Registration, lti_deployment_id: str) -> ResponseReturnValue:
    """Say that somebody has to approve this installation first; no person was stored."""
    reference = new_reference()
    log.info(
        "deployment waits for approval",
        reference=reference,
        registration_id=str(registration.id),
    )
    explanation = Explanation(
        title="Waiting for approval",
        happened="Career Mentoring was installed here, and nobody has yet said to which "
        f"school it belongs. For your administrator: deployment {lti_deployment_id}.",
        kept="Nothing about you was stored.",
        todo="Your administrator approves it once; then open it again from your course.",
    )
    return error_page(403, explanation, reference=reference)


def no_course() -> ResponseReturnValue:
    """Say that there is nothing to see outside a course."""
    explanation = Explanation(
        title="Open this in a course",
        happened="Your learning platform opened Career Mentoring outside a course, "
        "and mentoring always belongs to one.",
        kept="Nothing was changed.",
        todo="Go to your course and open Career Mentoring there.",
    )
    return error_page(200, explanation, reference=new_reference())
