"""Attendance, read by google-api-python-client."""

import json
from datetime import timedelta
from typing import Any

import pytest

from sandbox.clock import real_now
from sandbox.google.world import stamp
from tests.contract.sandbox_google.google_client import MAYA, MENTOR, OKAFOR, RIVERA, Google
from tests.contract.sandbox_google.meeting_room import (
    DAY,
    Call,
    participants,
    records,
    refused,
    sessions,
)


class TestAttendance:
    def test_each_stay_is_a_session_and_the_participant_hides_the_gap(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", email=MAYA, admitted_by=RIVERA)
        call.step("leave", "15:10", email=RIVERA)
        call.step("join", "15:14", email=RIVERA)
        call.step("leave", "15:30", email=MAYA)
        call.step("leave", "15:31", email=RIVERA)

        (record,) = records(meet, space)
        found = participants(meet, record)

        assert (record["startTime"][11:16], record["endTime"][11:16]) == ("15:00", "15:31")
        assert record["expireTime"].startswith("2027-04-01T15:31")
        rivera = found["Elena Rivera"]
        assert rivera["earliestStartTime"][11:16] == "15:00"
        assert rivera["latestEndTime"][11:16] == "15:31"
        assert sessions(meet, rivera) == [("15:14", "15:31"), ("15:00", "15:10")]
        assert sessions(meet, found["Maya Torres"]) == [("15:01", "15:30")]

    def test_a_room_that_empties_and_refills_has_two_records(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("leave", "15:05", email=RIVERA)
        call.step("join", "15:08", email=RIVERA)

        newest, oldest = records(meet, space)

        assert newest["startTime"] > oldest["startTime"]
        assert "endTime" not in newest
        running = records(meet, space, " AND end_time IS NULL")
        assert running == [newest]
        active = meet.spaces().get(name=space["name"]).execute()["activeConference"]
        assert active == {"conferenceRecord": newest["name"]}

    def test_identities_come_without_any_address(
        self, google: Google, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        mentor = google.control("/users", {"email": MENTOR, "name": "Jordan Ellis"})
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", user=f"users/{mentor['id']}", admitted_by=RIVERA)
        call.step("join", "15:02", anonymous="Elena Rivera ", admitted_by=RIVERA)
        call.step("join", "15:03", phone="+12125550134", admitted_by=RIVERA)

        (record,) = records(meet, space)
        answer = meet.conferenceRecords().participants().list(parent=record["name"]).execute()

        assert "@" not in json.dumps(answer)
        phone, guest, jordan, _ = answer["participants"]
        assert phone["phoneUser"] == {"displayName": "+12125***-**34"}
        assert guest["anonymousUser"] == {"displayName": "Elena Rivera"}
        assert jordan["signedinUser"]["user"] == f"users/{mentor['id']}"

    def test_a_guest_who_comes_back_is_another_participant(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        for at in ("15:01", "15:03"):
            call.step("join", at, anonymous="Sam", admitted_by=RIVERA)
            call.step("leave", at, anonymous="Sam")

        (record,) = records(meet, space)
        answer = meet.conferenceRecords().participants().list(parent=record["name"]).execute()

        assert len(answer["participants"]) == 3

    def test_two_devices_are_parallel_sessions(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:05", email=RIVERA)
        call.step("leave", "15:09", email=RIVERA)

        (record,) = records(meet, space)
        rivera = participants(meet, record)["Elena Rivera"]

        assert sessions(meet, rivera) == [("15:05", "15:09"), ("15:00", "15:09")]

    def test_a_lost_connection_leaves_a_session_without_end(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("leave", "15:09", email=RIVERA, lost=True)

        (record,) = records(meet, space)
        rivera = participants(meet, record)["Elena Rivera"]

        assert record["endTime"][11:16] == "15:09"
        assert "latestEndTime" not in rivera
        assert sessions(meet, rivera) == [("15:00", None)]

    def test_who_is_still_in_can_be_asked_cheaply(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", email=MAYA, admitted_by=RIVERA)
        call.step("leave", "15:02", email=MAYA)
        (record,) = records(meet, space)

        present = participants(meet, record, filter="latest_end_time IS NULL")
        everybody = participants(meet, record)

        assert list(present) == ["Elena Rivera"]
        assert sessions(meet, everybody["Maya Torres"], filter="end_time IS NULL") == []

    def test_lists_come_in_pages(
        self, google: Google, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        google.control("/settings", {"page_size": 2})
        call.step("join", "15:00", email=RIVERA)
        for number in range(4):
            call.step("join", "15:01", anonymous=f"Guest {number}", admitted_by=RIVERA)
        google.control("/requests/reset")
        (record,) = records(meet, space)

        assert len(participants(meet, record)) == 5
        assert google.counts()["meet.conferenceRecords.participants.list"] == 3

    def test_a_page_token_belongs_to_its_filter(
        self, google: Google, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        google.control("/settings", {"page_size": 1})
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", anonymous="X", admitted_by=RIVERA)
        (record,) = records(meet, space)
        service = meet.conferenceRecords().participants()
        token = service.list(parent=record["name"]).execute()["nextPageToken"]

        request = service.list(
            parent=record["name"], pageToken=token, filter="latest_end_time IS NULL"
        )

        assert refused(request)[0] == 400

    @pytest.mark.parametrize(
        "text",
        [
            "space.name = spaces/x",
            'space.title = "x"',
            'space.name > "x"',
            'start_time>="yesterday"',
            'start_time>="2027-01-01T00:00:00Z" OR end_time IS NULL',
            "end_time IS NULL AND ",
        ],
    )
    def test_a_filter_that_google_does_not_know_is_refused(self, meet: Any, text: str) -> None:
        assert refused(meet.conferenceRecords().list(filter=text)) == (400, "INVALID_ARGUMENT")

    def test_records_are_found_by_time(self, meet: Any, space: dict[str, Any], call: Call) -> None:
        call.step("join", "15:00", email=RIVERA)
        day = f' AND start_time>="{DAY}15:00:00Z" AND start_time<="{DAY}15:00:00.000Z"'

        assert len(records(meet, space, day)) == 1
        assert records(meet, space, f' AND start_time>"{DAY}15:00:00Z"') == []

    def test_attendance_is_for_owner_and_participants(
        self, google: Google, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        (record,) = records(meet, space)
        other = google.service("meet", OKAFOR)
        service = other.conferenceRecords()

        assert records(other, space) == []
        assert refused(service.get(name=record["name"])) == (403, "PERMISSION_DENIED")
        assert refused(service.participants().list(parent=record["name"]))[0] == 403
        call.step("join", "15:01", email=OKAFOR, admitted_by=RIVERA)
        assert service.get(name=record["name"]).execute() == record
        assert "config" not in other.spaces().get(name=space["name"]).execute()

    def test_a_record_is_gone_after_thirty_days(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        past = real_now() - timedelta(days=31)
        call.step("join", stamp(past), email=RIVERA)
        (record,) = records(meet, space)
        call.step("leave", stamp(past + timedelta(minutes=5)), email=RIVERA)

        assert records(meet, space) == []
        assert refused(meet.conferenceRecords().get(name=record["name"]))[0] == 404

    def test_single_resources_can_be_read(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        (record,) = records(meet, space)
        rivera = participants(meet, record)["Elena Rivera"]
        service = meet.conferenceRecords().participants()
        held = service.participantSessions()
        (session,) = held.list(parent=rivera["name"]).execute()["participantSessions"]

        assert service.get(name=rivera["name"]).execute() == rivera
        assert held.get(name=session["name"]).execute() == session
        assert refused(held.get(name=f"{session['name']}0"))[0] == 404
        assert refused(service.get(name=f"{rivera['name']}0"))[0] == 404
        total = service.list(parent=record["name"], fields="totalSize").execute()
        assert total == {"totalSize": 1}

    def test_a_time_without_an_offset_is_refused(self, google: Google, call: Call) -> None:
        body = {"email": RIVERA, "at": f"{DAY}15:00:00"}

        assert google.raw(f"/calls/{call.code}/join", body).status_code == 400

    def test_who_stops_waiting_is_no_longer_at_the_door(self, google: Google, call: Call) -> None:
        call.step("join", "15:00", email=MAYA)
        call.step("leave", "15:01", email=MAYA)
        call.step("join", "15:02", email=RIVERA)

        assert "Nobody" in call.refused("admit", "15:03", email=MAYA, by=RIVERA)
        assert "Nobody" in call.refused("leave", "15:03", email=MAYA)
