"""Rooms and their co-hosts, driven by google-api-python-client."""

from typing import Any

import pytest

from tests.contract.sandbox_google.google_client import CHEN, OKAFOR, RIVERA, Google
from tests.contract.sandbox_google.meeting_room import (
    STRICT,
    refused,
)


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
