"""People at the door of a call, and its end."""

from typing import Any

from tests.contract.sandbox_google.google_client import CHEN, MAYA, MENTOR, OKAFOR, RIVERA, Google
from tests.contract.sandbox_google.meeting_room import (
    Call,
    participants,
    records,
    refused,
)


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
