"""What the tests of the calendar share."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from googleapiclient.errors import HttpError

Changes = dict[str, Any]
ZONE = "America/New_York"
Insert = Callable[..., dict[str, Any]]


def meeting(**changed: Any) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "summary": "Mentoring",
        "start": {"dateTime": "2027-03-02T10:00:00-05:00", "timeZone": ZONE},
        "end": {"dateTime": "2027-03-02T10:30:00-05:00", "timeZone": ZONE},
    } | changed


def refused(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as raised:
        request.execute()
    error = json.loads(raised.value.content)["error"]
    assert error["code"] == raised.value.status_code
    assert error["message"]
    return raised.value.status_code, error["errors"][0]["reason"]


def every_page(calendar: Any, **wanted: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    items: list[dict[str, Any]] = []
    request = calendar.events().list(**wanted)
    answer: dict[str, Any] = {}
    while request is not None:
        answer = request.execute()
        items += answer["items"]
        assert not {"nextPageToken", "nextSyncToken"} <= set(answer)
        request = calendar.events().list_next(request, answer)
    return items, answer
