"""Keeping the promises of presence: calls, the people in each, the stays of each person."""

from typing import Any, Protocol

from lti_tool.ports.google import Call, CallParticipant, ParticipantSession, Rooms
from lti_tool.services import presence
from lti_tool.services.presence import PresenceWork
from tasks.keepers import Keeper


class PresencePorts(Protocol):
    """The part of the workshop's ports that presence needs."""

    @property
    def rooms(self) -> Rooms:
        """Return Google Meet."""
        ...


def _calls(ports: PresencePorts, work: PresenceWork) -> tuple[Call, ...]:
    return ports.rooms.calls(work.account, work.name)


def _participants(ports: PresencePorts, work: PresenceWork) -> tuple[CallParticipant, ...]:
    return ports.rooms.participants(work.account, work.name)


def _sessions(ports: PresencePorts, work: PresenceWork) -> tuple[ParticipantSession, ...]:
    return ports.rooms.participant_sessions(work.account, work.name)


KEEPERS: tuple[Keeper[PresencePorts, PresenceWork, Any], ...] = (
    Keeper(
        topic=presence.CALLS,
        prepare=presence.calls_to_do,
        perform=_calls,
        record=presence.calls_done,
    ),
    Keeper(
        topic=presence.PARTICIPANTS,
        prepare=presence.participants_to_do,
        perform=_participants,
        record=presence.participants_done,
    ),
    Keeper(
        topic=presence.SESSIONS,
        prepare=presence.sessions_to_do,
        perform=_sessions,
        record=presence.sessions_done,
    ),
)
