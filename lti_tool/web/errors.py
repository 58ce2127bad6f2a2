"""Errors as people see them: what happened, what was kept, what to do, and a reference id.

Status codes live here only.
"""

import secrets
from dataclasses import dataclass

import structlog
from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, NotFound

from lti_tool.domain.errors import DomainError
from lti_tool.queries.errors import NotFoundError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An error in words for the person who meets it."""

    title: str
    happened: str
    kept: str
    todo: str


EXPLANATIONS = {
    400: Explanation(
        title="That did not work",
        happened="What your browser sent could not be read.",
        kept="Nothing was changed.",
        todo="Go back, reload the page and try again.",
    ),
    401: Explanation(
        title="Please open this again",
        happened="You are not signed in here any more.",
        kept="Everything you saved is safe.",
        todo="Open Career Mentoring again from your course, or sign in again.",
    ),
    403: Explanation(
        title="This is not open to you",
        happened="Your role here does not include this page or this step.",
        kept="Nothing was changed.",
        todo="If you think you should see it, ask the coordinator of your school.",
    ),
    404: Explanation(
        title="There is nothing here",
        happened="The address does not lead to anything in your course or school.",
        kept="Nothing was changed.",
        todo="Go back to the start page of Career Mentoring.",
    ),
    409: Explanation(
        title="Somebody was faster",
        happened="This was changed in another window or by another person.",
        kept="Your text is still in the form; nothing was overwritten.",
        todo="Look at the newer state, then decide.",
    ),
    429: Explanation(
        title="Too many tries",
        happened="This was tried too often in a short time.",
        kept="Nothing was changed.",
        todo="Wait a few minutes, then try again.",
    ),
    500: Explanation(
        title="Something went wrong on our side",
        happened="An unexpected error stopped this step.",
        kept="What was saved before is safe; this step was not carried out.",
        todo="Try again. If it happens again, tell your administrator the reference below.",
    ),
}


def install(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(NotFoundError, _not_found)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, explanation: Explanation, *, reference: str) -> ResponseReturnValue:
    """Render an error in words."""
    return (
        render_template("error.html", explanation=explanation, reference=reference, status=status),
        status,
    )


def new_reference() -> str:
    """Return an id that a person can read out to an administrator."""
    return secrets.token_hex(4)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 - redirects raised as exceptions pass through
        return error.get_response()
    reference = new_reference()
    log.info("refused", status=status, reference=reference)
    return error_page(status, EXPLANATIONS.get(status, EXPLANATIONS[400]), reference=reference)


def _not_found(_error: NotFoundError) -> ResponseReturnValue:
    # A foreign tenant's id answers as one that does not exist.
    return _http_error(NotFound())


def _form_too_old(error: CSRFError) -> ResponseReturnValue:
    reference = new_reference()
    log.info("form token refused", reference=reference)
    explanation = Explanation(
        title="This form is too old",
        happened="The page was open for a long time, or in another sign-in.",
        kept="Nothing was changed. What you typed is still on the page before this one.",
        todo="Go back, copy what you typed, reload the page and send it again.",
    )
    return error_page(400, explanation, reference=reference)


def _refused(error: DomainError) -> ResponseReturnValue:
    reference = new_reference()
    log.info("rule refused", reference=reference, codes=[str(o.code) for o in error.obstacles])
    explanation = Explanation(
        title="This is not possible yet",
        happened=" ".join(o.remedy or str(o.code) for o in error.obstacles),
        kept="Nothing was changed.",
        todo="Clear what is listed above, then try again.",
    )
    return error_page(422, explanation, reference=reference)


def _unexpected(error: Exception) -> ResponseReturnValue:
    reference = new_reference()
    log.error("unexpected error", reference=reference, exc_info=error)
    return error_page(500, EXPLANATIONS[500], reference=reference)
