"""Google Meet v2: rooms that only staff open, and who was in them."""

from typing import Any

from integrations.google._client import (
    Api,
    GoogleClient,
    PreconditionFailedError,
    expect,
    moment,
)
from lti_tool.ports.errors import NotFoundError
from lti_tool.ports.google import (
    Account,
    Call,
    CallParticipant,
    ParticipantSession,
    Room,
    RoomMember,
)

CONFIG: dict[str, Any] = {
    "accessType": "RESTRICTED",
    "entryPointAccess": "ALL",
    "moderation": "ON",
    "moderationRestrictions": {
        "chatRestriction": "HOSTS_ONLY",
        "presentRestriction": "HOSTS_ONLY",
        "reactionRestriction": "NO_RESTRICTION",
        "defaultJoinAsViewerType": "OFF",
    },
    "attendanceReportGenerationType": "DO_NOT_GENERATE",
    "artifactConfig": {
        "recordingConfig": {"autoRecordingGeneration": "OFF"},
        "transcriptionConfig": {"autoTranscriptionGeneration": "OFF"},
        "smartNotesConfig": {"autoSmartNotesGeneration": "OFF"},
    },
}
"""Everybody but staff knocks; chat is the hosts' (S5); nothing is recorded by itself."""

_IDENTITIES = {
    "signedinUser": "signed_in",
    "anonymousUser": "anonymous",
    "phoneUser": "phone",
}


class GoogleRooms:
    """Rooms in the accounts of staff."""

    def __init__(self, client: GoogleClient) -> None:
        """Send through `client`."""
        self._client = client

    def create(self, account: Account) -> Room:
        """Create a room; a lost answer leaves one that nobody has the link of."""
        return _room(
            self._client.call(
                Api.meet, account, lambda meet: meet.spaces().create(body={"config": CONFIG})
            )
        )

    def read(self, account: Account, space_name: str) -> Room:
        """Read back what is in force."""
        answer = self._client.call(
            Api.meet, account, lambda meet: meet.spaces().get(name=space_name)
        )
        expect(answer, "name", space_name)
        return _room(answer)

    def members(self, account: Account, space_name: str) -> tuple[RoomMember, ...]:
        """List the co-hosts, every page."""
        found = self._client.pages(
            Api.meet,
            account,
            lambda meet, token: (
                meet.spaces().members().list(parent=space_name, pageSize=100, pageToken=token)
            ),
            "members",
        )
        return tuple(_member(item) for item in found)

    def add_cohost(self, account: Account, space_name: str, address: str) -> RoomMember:
        """Make a staff member co-host, who may enter and admit."""
        return _member(
            self._client.call(
                Api.meet,
                account,
                lambda meet: (
                    meet.spaces()
                    .members()
                    .create(parent=space_name, body={"email": address, "role": "COHOST"})
                ),
            )
        )

    def remove_member(self, account: Account, member_name: str) -> None:
        """Remove a co-host; one who is not there counts as removed."""
        try:
            self._client.call(
                Api.meet, account, lambda meet: meet.spaces().members().delete(name=member_name)
            )
        except NotFoundError:
            return

    def end_call(self, account: Account, space_name: str) -> None:
        """End the running call; Google refuses when none is running, which is what we want."""
        try:
            self._client.call(
                Api.meet,
                account,
                lambda meet: meet.spaces().endActiveConference(name=space_name, body={}),
            )
        except PreconditionFailedError:
            return

    def calls(self, account: Account, space_name: str) -> tuple[Call, ...]:
        """List all calls of the room, every page."""
        found = list(
            self._client.pages(
                Api.meet,
                account,
                lambda meet, token: meet.conferenceRecords().list(
                    filter=f'space.name = "{space_name}"', pageSize=100, pageToken=token
                ),
                "conferenceRecords",
            )
        )
        for item in found:
            expect(item, "space", space_name)
        return tuple(
            Call(
                name=item["name"],
                started_at=moment(item["startTime"]),
                ended_at=moment(item["endTime"]) if item.get("endTime") else None,
            )
            for item in found
        )

    def participants(self, account: Account, call_name: str) -> tuple[CallParticipant, ...]:
        """List everybody seen in a call, every page."""
        found = self._client.pages(
            Api.meet,
            account,
            lambda meet, token: (
                meet.conferenceRecords()
                .participants()
                .list(parent=call_name, pageSize=250, pageToken=token)
            ),
            "participants",
        )
        return tuple(_participant(item) for item in found)

    def participant_sessions(
        self, account: Account, participant_name: str
    ) -> tuple[ParticipantSession, ...]:
        """List the joins and leaves of one participant, every page."""
        found = self._client.pages(
            Api.meet,
            account,
            lambda meet, token: (
                meet.conferenceRecords()
                .participants()
                .participantSessions()
                .list(parent=participant_name, pageSize=250, pageToken=token)
            ),
            "participantSessions",
        )
        return tuple(
            ParticipantSession(
                name=item["name"],
                joined_at=moment(item["startTime"]),
                left_at=moment(item["endTime"]) if item.get("endTime") else None,
            )
            for item in found
        )


def _room(answer: dict[str, Any]) -> Room:
    config = answer.get("config", {})
    return Room(
        space_name=answer["name"],
        meeting_url=answer["meetingUri"],
        is_restricted=config.get("accessType") == "RESTRICTED",
        is_moderated=config.get("moderation") == "ON",
    )


def _member(item: dict[str, Any]) -> RoomMember:
    return RoomMember(name=item["name"], address=str(item.get("email", "")).lower())


def _participant(item: dict[str, Any]) -> CallParticipant:
    """Read who it is; a kind of identity that we do not know counts as anonymous."""
    field = next((name for name in _IDENTITIES if name in item), None)
    shown = item[field] if field else {}
    return CallParticipant(
        name=item["name"],
        identity_kind=_IDENTITIES[field] if field else "anonymous",
        google_user=shown.get("user"),
        display_name=shown.get("displayName", ""),
    )
