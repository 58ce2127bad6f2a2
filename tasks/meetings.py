"""Keeping the promises about rooms and events: one request to Google each."""

from dataclasses import replace
from typing import Any, Protocol

from lti_tool.ports.errors import ConflictError, RefusedError
from lti_tool.ports.google import Calendars, RemoteEvent, Room, RoomMember, Rooms
from lti_tool.services import calls, events, rooms
from lti_tool.services.calls import CallWork
from lti_tool.services.events import CalendarWork, EventWork, Step, Taken
from lti_tool.services.rooms import RoomWork
from tasks.keepers import Keeper


class MeetingPorts(Protocol):
    """The part of the workshop's ports that meetings need."""

    @property
    def rooms(self) -> Rooms:
        """Return Google Meet."""
        ...

    @property
    def calendars(self) -> Calendars:
        """Return Google Calendar."""
        ...

    @property
    def public_url(self) -> str:
        """Return the tool's own address."""
        ...


def _create_room(ports: MeetingPorts, work: RoomWork) -> Room:
    return ports.rooms.create(work.account)


def _list_members(ports: MeetingPorts, work: RoomWork) -> tuple[RoomMember, ...]:
    return ports.rooms.members(work.account, work.space_name)


def _add_cohost(ports: MeetingPorts, work: RoomWork) -> RoomMember | None:
    try:
        return ports.rooms.add_cohost(work.account, work.space_name, work.address)
    except ConflictError:
        return None  # is there already; listing again tells under which name


def _remove_member(ports: MeetingPorts, work: RoomWork) -> None:
    ports.rooms.remove_member(work.account, work.member_name)


def _read_room(ports: MeetingPorts, work: RoomWork) -> Room:
    room = ports.rooms.read(work.account, work.space_name)
    if not work.is_live and not (room.is_restricted and room.is_moderated):
        raise RefusedError(
            "Google did not keep the room restricted and moderated: look at the edition and the "
            "Meet safety settings, then try again."
        )
    return room


def _end_call(ports: MeetingPorts, work: CallWork) -> None:
    ports.rooms.end_call(work.account, work.space_name)


def _create_calendar(ports: MeetingPorts, work: CalendarWork) -> str:
    return ports.calendars.create_calendar(work.account, work.title, work.time_zone)


def _keep_event(ports: MeetingPorts, work: EventWork) -> RemoteEvent | Taken | None:
    event = replace(work.event, location=ports.public_url + work.event.location)
    calendars, account, calendar_id = ports.calendars, work.account, work.calendar_id
    if work.step is Step.cancel:
        calendars.cancel(account, calendar_id, event.event_id)
        return None
    if work.step is Step.update:
        return calendars.update(account, calendar_id, event)
    if work.step is Step.read:
        found = calendars.read(account, calendar_id, event.event_id)
        if found is not None and found.digest is None:
            raise RefusedError("Google holds something else under this event's id: remove it.")
        return found
    try:
        return calendars.insert(account, calendar_id, event)
    except ConflictError:
        return Taken()


KEEPERS: tuple[Keeper[MeetingPorts, Any, Any], ...] = (
    Keeper(
        topic=rooms.ROOM,
        prepare=rooms.room_to_do,
        perform=_create_room,
        record=rooms.room_done,
    ),
    Keeper(
        topic=rooms.MEMBERS,
        prepare=rooms.members_to_do,
        perform=_list_members,
        record=rooms.members_done,
    ),
    Keeper(
        topic=rooms.COHOST,
        prepare=rooms.cohost_to_do,
        perform=_add_cohost,
        record=rooms.cohost_done,
    ),
    Keeper(
        topic=rooms.UNSEAT,
        prepare=rooms.unseat_to_do,
        perform=_remove_member,
        record=rooms.unseat_done,
    ),
    Keeper(
        topic=rooms.VERIFY,
        prepare=rooms.verify_to_do,
        perform=_read_room,
        record=rooms.verify_done,
    ),
    Keeper(
        topic=events.CALENDAR,
        prepare=events.calendar_to_do,
        perform=_create_calendar,
        record=events.calendar_done,
    ),
    Keeper(
        topic=events.EVENT,
        prepare=events.event_to_do,
        perform=_keep_event,
        record=events.event_done,
    ),
    Keeper(
        topic=calls.END_CALL,
        prepare=calls.end_call_to_do,
        perform=_end_call,
        record=calls.end_call_done,
    ),
)
