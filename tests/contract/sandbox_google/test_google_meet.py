"""Meet: rooms, people at the door, and attendance, driven by google-api-python-client."""

import json
from datetime import timedelta
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from sandbox.clock import real_now
from sandbox.google.world import stamp
from tests.contract.sandbox_google.google_client import (
    CHEN,
    MAYA,
    MENTOR,
    OKAFOR,
    RIVERA,
    Google,
)

STRICT = {"accessType": "RESTRICTED", "moderation": "ON"}
DAY = "2027-03-02T"


def refused(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as raised:
        request.execute()
    error = json.loads(raised.value.content)["error"]
    assert error["code"] == raised.value.status_code
    assert "errors" not in error
    return raised.value.status_code, error["status"]


@pytest.fixture
def meet(google: Google) -> Any:
    return google.service("meet")


@pytest.fixture
def space(meet: Any) -> dict[str, Any]:
    made: dict[str, Any] = meet.spaces().create(body={"config": STRICT}).execute()
    return made


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


@pytest.fixture
def call(google: Google, space: dict[str, Any]) -> Call:
    return Call(google, space)


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


class TestRooms:
    def test_a_room_has_the_settings_that_were_asked_for(
        self, meet: Any, space: dict[str, Any]
    ) -> None:
        found = meet.spaces().get(name=space["name"]).execute()

        assert found == space
        assert found["config"]["accessType"] == "RESTRICTED"
        assert found["config"]["moderation"] == "ON"
        recording = found["config"]["artifactConfig"]["recordingConfig"]
        assert recording == {"autoRecordingGeneration": "OFF"}
        assert "activeConference" not in found

    def test_a_repeat_makes_a_second_room(self, meet: Any, space: dict[str, Any]) -> None:
        assert meet.spaces().create(body={"config": STRICT}).execute()["name"] != space["name"]

    def test_a_meeting_code_reads_but_does_not_write(
        self, meet: Any, space: dict[str, Any]
    ) -> None:
        name = f"spaces/{space['meetingCode'].upper()}"

        assert meet.spaces().get(name=name).execute()["name"] == space["name"]
        assert refused(meet.spaces().patch(name=name, body={"config": {}}))[0] == 400

    @pytest.mark.parametrize(
        "body",
        [
            {"config": {"accessType": "restricted"}},
            {"config": {"firstJoinerType": "HOST_ONLY"}},
            {"meetingCode": "aaa-bbbb-ccc"},
            {"name": "spaces/mine"},
            {"accessType": "OPEN"},
        ],
        ids=str,
    )
    def test_what_v2_does_not_know_is_refused(self, meet: Any, body: dict[str, Any]) -> None:
        assert refused(meet.spaces().create(body=body)) == (400, "INVALID_ARGUMENT")

    def test_a_patch_changes_what_the_mask_names(self, meet: Any, space: dict[str, Any]) -> None:
        body = {
            "config": {
                "accessType": "OPEN",
                "moderationRestrictions": {"chatRestriction": "HOSTS_ONLY"},
            }
        }
        mask = "config.moderation_restrictions.chat_restriction"

        after = meet.spaces().patch(name=space["name"], updateMask=mask, body=body).execute()

        assert after["config"]["accessType"] == "RESTRICTED"
        assert after["config"]["moderationRestrictions"]["chatRestriction"] == "HOSTS_ONLY"

    def test_moderation_off_resets_its_restrictions(self, meet: Any, space: dict[str, Any]) -> None:
        restricted = {"moderationRestrictions": {"presentRestriction": "HOSTS_ONLY"}}
        meet.spaces().patch(name=space["name"], body={"config": restricted}).execute()

        body = {"config": {"moderation": "OFF"}}
        after = meet.spaces().patch(name=space["name"], body=body).execute()

        assert after["config"]["moderationRestrictions"]["presentRestriction"] == "NO_RESTRICTION"

    def test_an_unknown_mask_is_refused(self, meet: Any, space: dict[str, Any]) -> None:
        for mask in ("meetingCode", "config.colour"):
            request = meet.spaces().patch(name=space["name"], updateMask=mask, body={})
            assert refused(request)[0] == 400

    def test_an_edition_may_ignore_a_setting_in_silence(self, google: Google, meet: Any) -> None:
        google.control("/settings", {"ignored_config": ["moderation"]})

        made = meet.spaces().create(body={"config": STRICT}).execute()

        assert made["config"]["moderation"] == "OFF"

    def test_a_room_of_somebody_else_and_no_room_answer_alike(
        self, google: Google, meet: Any, space: dict[str, Any]
    ) -> None:
        other = google.service("meet", CHEN)

        assert refused(other.spaces().get(name=space["name"])) == (403, "PERMISSION_DENIED")
        assert refused(meet.spaces().get(name="spaces/none")) == (403, "PERMISSION_DENIED")

    def test_a_room_made_by_hand_is_out_of_reach(self, google: Google, meet: Any) -> None:
        room = google.control("/spaces", {"owner": RIVERA})

        assert refused(meet.spaces().get(name=room["name"]))[0] == 403


class TestMembers:
    def test_cohosts_are_listed_in_pages_and_removed(
        self, google: Google, meet: Any, space: dict[str, Any]
    ) -> None:
        google.control("/settings", {"page_size": 1})
        members = meet.spaces().members()
        for email in (CHEN, OKAFOR):
            body = {"email": email, "role": "COHOST"}
            members.create(parent=space["name"], body=body).execute()

        request = members.list(parent=space["name"])
        first = request.execute()
        second = members.list_next(request, first).execute()
        found = first["members"] + second["members"]

        assert [(m["email"], m["role"]) for m in found] == [(CHEN, "COHOST"), (OKAFOR, "COHOST")]
        assert "nextPageToken" not in second
        assert members.get(name=found[0]["name"]).execute() == found[0]
        members.delete(name=found[0]["name"]).execute()
        assert members.list(parent=space["name"]).execute()["members"] == found[1:]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"role": "COHOST"}, 400),
            ({"email": "nobody", "role": "COHOST"}, 400),
            ({"email": CHEN, "role": "HOST"}, 400),
            ({"email": CHEN, "user": "users/1"}, 400),
            ({"email": RIVERA}, 409),
        ],
        ids=str,
    )
    def test_a_wrong_member_is_refused(
        self, meet: Any, space: dict[str, Any], body: dict[str, str], status: int
    ) -> None:
        request = meet.spaces().members().create(parent=space["name"], body=body)

        assert refused(request)[0] == status

    def test_only_the_owner_may_add_one(self, google: Google, space: dict[str, Any]) -> None:
        other = google.service("meet", CHEN)
        request = other.spaces().members().create(parent=space["name"], body={"email": CHEN})

        assert refused(request)[0] == 403


class TestTheDoor:
    def test_the_owner_walks_in_and_everybody_else_knocks(self, call: Call) -> None:
        assert call.step("join", "15:00", email=RIVERA)["state"] == "in_call"

        visitors: list[dict[str, str]] = [
            {"email": MAYA},
            {"email": MENTOR},
            {"email": OKAFOR},
            {"anonymous": "Rivera"},
            {"phone": "+12125550134"},
        ]
        for who in visitors:
            assert call.step("join", "15:01", **who)["state"] == "knocking"

    def test_nobody_gets_in_before_a_host_is_there(self, call: Call) -> None:
        call.step("join", "15:00", email=MAYA)

        said = call.refused("admit", "15:01", email=MAYA, by=RIVERA)

        assert "not in the call" in said

    def test_a_cohost_walks_in_and_admits(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        body = {"email": CHEN, "role": "COHOST"}
        meet.spaces().members().create(parent=space["name"], body=body).execute()

        assert call.step("join", "15:00", email=CHEN)["state"] == "in_call"
        assert call.step("join", "15:01", email=MAYA, admitted_by=CHEN)["state"] == "in_call"

    def test_a_participant_cannot_admit_while_moderation_is_on(self, call: Call) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", email=MENTOR, admitted_by=RIVERA)
        call.step("join", "15:02", email=MAYA)

        assert "no host" in call.refused("admit", "15:03", email=MAYA, by=MENTOR)

    def test_with_moderation_off_a_participant_admits(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        body = {"config": {"moderation": "OFF"}}
        meet.spaces().patch(name=space["name"], body=body).execute()
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", email=MENTOR, admitted_by=RIVERA)

        assert call.step("join", "15:02", email=MAYA, admitted_by=MENTOR)["state"] == "in_call"

    def test_an_open_room_lets_anybody_in(self, google: Google, meet: Any) -> None:
        space = meet.spaces().create(body={"config": {"accessType": "OPEN"}}).execute()

        assert Call(google, space).step("join", "15:00", anonymous="X")["state"] == "in_call"

    def test_a_trusted_room_lets_colleagues_in(self, google: Google, meet: Any) -> None:
        call = Call(google, meet.spaces().create(body={}).execute())

        assert call.step("join", "15:00", email=CHEN)["state"] == "in_call"
        assert call.step("join", "15:00", email=MENTOR)["state"] == "knocking"

    def test_nobody_knocks_a_third_time(self, call: Call) -> None:
        call.step("join", "15:00", email=RIVERA)
        for at in ("15:01", "15:02"):
            call.step("join", at, email=MENTOR)
            call.step("deny", at, email=MENTOR, by=RIVERA)

        assert "After two refusals" in call.refused("join", "15:03", email=MENTOR)

    def test_who_comes_back_knocks_again_unless_set_otherwise(
        self, google: Google, call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", email=MAYA, admitted_by=RIVERA)
        call.step("leave", "15:02", email=MAYA)
        assert call.step("join", "15:03", email=MAYA)["state"] == "knocking"

        google.control("/settings", {"readmission": "enter"})
        assert call.step("join", "15:04", email=MAYA)["state"] == "in_call"

    def test_time_does_not_run_backwards(self, call: Call) -> None:
        call.step("join", "15:10", email=RIVERA)

        assert "forward" in call.refused("leave", "15:09", email=RIVERA)

    def test_an_unknown_account_cannot_come(self, call: Call) -> None:
        assert "No such" in call.refused("join", "15:00", email="ghost@nowhere.example")


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
        rivera = found["Ana Rivera"]
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
        call.step("join", "15:02", anonymous="Ana Rivera ", admitted_by=RIVERA)
        call.step("join", "15:03", phone="+12125550134", admitted_by=RIVERA)

        (record,) = records(meet, space)
        answer = meet.conferenceRecords().participants().list(parent=record["name"]).execute()

        assert "@" not in json.dumps(answer)
        phone, guest, jordan, _ = answer["participants"]
        assert phone["phoneUser"] == {"displayName": "+12125***-**34"}
        assert guest["anonymousUser"] == {"displayName": "Ana Rivera"}
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
        rivera = participants(meet, record)["Ana Rivera"]

        assert sessions(meet, rivera) == [("15:05", "15:09"), ("15:00", "15:09")]

    def test_a_lost_connection_leaves_a_session_without_end(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("leave", "15:09", email=RIVERA, lost=True)

        (record,) = records(meet, space)
        rivera = participants(meet, record)["Ana Rivera"]

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

        assert list(present) == ["Ana Rivera"]
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
        rivera = participants(meet, record)["Ana Rivera"]
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


class TestEndingTheCall:
    def test_the_owner_ends_it_for_everybody(
        self, meet: Any, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        call.step("join", "15:01", email=MAYA, admitted_by=RIVERA)
        call.step("join", "15:02", email=MENTOR)

        assert meet.spaces().endActiveConference(name=space["name"]).execute() == {}

        (record,) = records(meet, space)
        assert "endTime" in record
        assert all("latestEndTime" in p for p in participants(meet, record).values())
        assert "ended" in call.refused("join", "15:30", email=MAYA)
        assert call.step("join", "15:31", email=RIVERA)["state"] == "in_call"
        assert call.step("join", "15:32", email=MAYA)["state"] == "knocking"

    def test_without_a_call_there_is_nothing_to_end(self, meet: Any, space: dict[str, Any]) -> None:
        request = meet.spaces().endActiveConference(name=space["name"])

        assert refused(request) == (400, "FAILED_PRECONDITION")

    def test_nobody_else_may_end_it(
        self, google: Google, space: dict[str, Any], call: Call
    ) -> None:
        call.step("join", "15:00", email=RIVERA)
        other = google.service("meet", CHEN)

        assert refused(other.spaces().endActiveConference(name=space["name"]))[0] == 403
