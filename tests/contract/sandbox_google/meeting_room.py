"""One room in tests: moved through the control API, read through the client."""

import json
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox_google.google_client import Google

STRICT = {"accessType": "RESTRICTED", "moderation": "ON"}
DAY = "2027-03-02T"


def refused(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as raised:
        request.execute()
    error = json.loads(raised.value.content)["error"]
    assert error["code"] == raised.value.status_code
    assert "errors" not in error
    return raised.value.status_code, error["status"]


class Call:
    """One room, moved through the control API."""

    def __init__(self, google: Google, space: dict[str, Any]) -> None:
        self.google = google
        self.code = space["meetingCode"]

    def step(self, step: str, at: str, **body: Any) -> Any:
        moment = f"{DAY}{at}:00Z" if len(at) == 5 else at
        return self.google.control(f"/calls/{self.code}/{step}", {"at": moment, **body})

    def refused(self, step: str, at: str, **body: Any) -> str:
        answer = self.google.raw(f"/calls/{self.code}/{step}", {"at": f"{DAY}{at}:00Z", **body})
        assert answer.status_code == 409, answer.text
        return str(answer.json()["error"])


def records(meet: Any, space: dict[str, Any], more: str = "") -> list[dict[str, Any]]:
    asked = f'space.name = "{space["name"]}"{more}'
    found: list[dict[str, Any]] = (
        meet.conferenceRecords().list(filter=asked).execute().get("conferenceRecords", [])
    )
    return found


def participants(meet: Any, record: dict[str, Any], **more: str) -> dict[str, dict[str, Any]]:
    service = meet.conferenceRecords().participants()
    request = service.list(parent=record["name"], **more)
    found: list[dict[str, Any]] = []
    while request is not None:
        answer = request.execute()
        found += answer.get("participants", [])
        request = service.list_next(request, answer)
    return {next(v["displayName"] for k, v in p.items() if k.endswith("User")): p for p in found}


def sessions(meet: Any, participant: dict[str, Any], **more: str) -> list[tuple[str, str | None]]:
    service = meet.conferenceRecords().participants().participantSessions()
    answer = service.list(parent=participant["name"], **more).execute()
    return [
        (s["startTime"][11:16], s["endTime"][11:16] if "endTime" in s else None)
        for s in answer.get("participantSessions", [])
    ]
