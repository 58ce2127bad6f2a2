"""Assignment and Grade Services: posting one score."""

import json
from datetime import UTC, datetime
from typing import Any

from integrations.lms.connector import Connector, with_path
from integrations.lms.http import Answer
from lti_tool.ports.errors import GatewayError, NotFoundError, RefusedError
from lti_tool.ports.lms import Platform, Score

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
CONTENT_TYPE = "application/vnd.ims.lis.v1.score+json"
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
BAD_REQUEST, NOT_FOUND, CONFLICT, UNPROCESSABLE = 400, 404, 409, 422
OLDER = (b"timestamp", b"earlier", b"older")


class LmsGradebook:
    """The `Gradebook` port over HTTP."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def post_score(self, platform: Platform, line_item_url: str, score: Score) -> None:
        """Post the score; posting the same one twice leaves one.

        A platform that already holds this or a newer score counts as success.

        :raises GatewayError: if the platform did not take it
        """
        answer = self._connector.post(
            platform,
            with_path(line_item_url, "/scores"),
            scopes=(SCOPE,),
            content_type=CONTENT_TYPE,
            body=json.dumps(_body(platform, score)).encode(),
        )
        error = _refusal(answer)
        if error is not None:
            raise error


def _body(platform: Platform, score: Score) -> dict[str, Any]:
    body: dict[str, Any] = {
        "userId": score.subject,
        "scoreGiven": score.given,
        "scoreMaximum": score.maximum,
        "timestamp": _timestamp(score.at),
        "activityProgress": "Completed",
        "gradingProgress": score.progress.value,
    }
    if score.comment:
        body["comment"] = score.comment
    if platform.profile == "canvas":
        # Without this, Canvas counts every score as one more attempt of the student's.
        body[CANVAS_SUBMISSION] = {"new_submission": False}
    return body


def _timestamp(at: datetime) -> str:
    """Return the time with sub-seconds, which platforms compare."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _refusal(answer: Answer) -> GatewayError | None:
    if answer.status < BAD_REQUEST or _holds_newer(answer):
        return None
    if answer.status == UNPROCESSABLE:
        return RefusedError(
            "The LMS takes no score for this person: they are not an active student of the "
            "course (or section) there. Check the enrollment, then try again."
        )
    if answer.status == NOT_FOUND:
        return NotFoundError(
            "The assignment's column is gone from the gradebook. Add the activity to the course "
            "again, or enter the grade by hand."
        )
    return RefusedError("The LMS refused the score. Enter it by hand and tell your administrator.")


def _holds_newer(answer: Answer) -> bool:
    """Tell whether the platform refused because it has this or a newer score already."""
    if answer.status == CONFLICT:
        return True
    said = answer.body[:2000].lower()
    return answer.status == BAD_REQUEST and OLDER[0] in said and any(w in said for w in OLDER[1:])
