"""What a platform's refusal means, and what an administrator can do about it."""

from datetime import timedelta

from integrations.lms.http import Answer
from lti_tool.ports.errors import (
    GatewayError,
    NotAuthorizedError,
    NotFoundError,
    QuotaExceededError,
    RefusedError,
    UnavailableError,
)

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
TOO_MANY, REDIRECTS, SERVER_ERRORS = 429, 300, 500
LONGEST_WAIT = 3600


def fault(answer: Answer) -> GatewayError | None:
    """Return the error that an answer of a service stands for.

    A 4xx answer about the content of a request is left to the one who knows what was asked.
    """
    if answer.status >= SERVER_ERRORS:
        return UnavailableError("The LMS is out of order at the moment; try later.")
    if answer.status == TOO_MANY or (answer.status == FORBIDDEN and _is_rate_limit(answer)):
        return QuotaExceededError(
            "The LMS asks us to slow down; it goes on by itself.", retry_after=_wait(answer)
        )
    if answer.status == UNAUTHORIZED:
        return NotAuthorizedError(
            "The LMS did not accept our access token. Check that the registration is still active."
        )
    if answer.status == FORBIDDEN:
        return NotAuthorizedError(
            "The LMS does not allow this service. Switch on names and roles, and grades, "
            "for Career Mentoring in the LMS."
        )
    if REDIRECTS <= answer.status < BAD_REQUEST:
        return RefusedError("The LMS sent us to another address; check the registration.")
    return None


def token_fault(answer: Answer) -> GatewayError | None:
    """Return the error that an answer of the token address stands for."""
    if answer.status in {BAD_REQUEST, UNAUTHORIZED, FORBIDDEN} and not _is_rate_limit(answer):
        return NotAuthorizedError(
            "The LMS gave us no access token. Check the client ID, the token address, the key set "
            "address that the LMS has of us, and the services that it allows."
        )
    if answer.status == NOT_FOUND:
        return NotFoundError("The token address leads nowhere; check the registration.")
    return fault(answer) or _unexpected(answer)


def _unexpected(answer: Answer) -> GatewayError | None:
    if answer.status < REDIRECTS:
        return None
    return RefusedError("The token address refused; check the registration.")


def _is_rate_limit(answer: Answer) -> bool:
    """Recognize Canvas, which says 403 where others say 429."""
    return b"rate limit" in answer.body[:2000].lower()


def _wait(answer: Answer) -> timedelta | None:
    seconds = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(seconds), LONGEST_WAIT)) if seconds.isdecimal() else None
