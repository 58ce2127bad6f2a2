"""What we need from Google Workspace: rooms, calendars and forms.

Every call names the staff member (`owner`, an address from the confirmed roster) in whose account
it happens, and the organization whose service account is used.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The staff member in whose account a call happens."""

    organization_id: UUID
    owner: str


class Credentials(Protocol):
    """Where the adapters get an organization's service account key from."""

    def service_account(self, organization_id: UUID) -> dict[str, str]:
        """Return the parsed key file.

        :raises NotAuthorizedError: if the organization has not connected Google
        """
        ...


class Connections(Protocol):
    """Whether an organization's service account may do what is needed, and no more."""

    def try_needed(self, account: Account) -> None:
        """Ask for a token with the scopes that the tool uses.

        :raises GatewayError: if Google refuses or does not answer
        """
        ...

    def is_too_powerful(self, account: Account) -> bool:
        """Tell whether a scope that the tool does not need is granted as well."""
        ...


# ---------------------------------------------------------------- Meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A Meet space as read back: what is in force, not what was asked for."""

    space_name: str
    meeting_url: str
    is_restricted: bool
    is_moderated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMember:
    """A co-host of a room."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A conference record: one call in a room."""

    name: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParticipant:
    """Somebody in a call; `google_user` is ``users/<id>`` of a signed-in person."""

    name: str
    identity_kind: str
    """signed_in | anonymous | phone."""
    google_user: str | None
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantSession:
    """One join and leave of a participant."""

    name: str
    joined_at: datetime
    left_at: datetime | None


class Rooms(Protocol):
    """Google Meet v2."""

    def create(self, account: Account) -> Room:
        """Create a RESTRICTED, moderated room owned by the account's owner. Not idempotent."""
        ...

    def read(self, account: Account, space_name: str) -> Room:
        """Read back what is in force."""
        ...

    def members(self, account: Account, space_name: str) -> tuple[RoomMember, ...]:
        """List the co-hosts."""
        ...

    def add_cohost(self, account: Account, space_name: str, address: str) -> RoomMember:
        """Make a staff member co-host."""
        ...

    def remove_member(self, account: Account, member_name: str) -> None:
        """Remove a co-host; one who is not there counts as removed."""
        ...

    def end_call(self, account: Account, space_name: str) -> None:
        """End the running call for everyone; no running call counts as ended."""
        ...

    def calls(self, account: Account, space_name: str) -> tuple[Call, ...]:
        """List all calls of the room, every page."""
        ...

    def participants(self, account: Account, call_name: str) -> tuple[CallParticipant, ...]:
        """List everybody seen in a call, every page."""
        ...

    def participant_sessions(
        self, account: Account, participant_name: str
    ) -> tuple[ParticipantSession, ...]:
        """List the joins and leaves of one participant, every page."""
        ...


# ---------------------------------------------------------------- Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An event as we want it: neutral title, gated address, guests hidden from each other."""

    event_id: str
    title: str
    location: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    guests: tuple[str, ...]
    """Staff addresses only: students and mentors never see each other's (S5)."""
    digest: str
    """Hash of the content, kept as a private property to recognize our own event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEvent:
    """What the calendar holds under an id."""

    event_id: str
    status: str
    digest: str | None


class Calendars(Protocol):
    """Google Calendar v3."""

    def create_calendar(self, account: Account, title: str, time_zone: str) -> str:
        """Create a secondary calendar in the owner's account and return its id."""
        ...

    def read(self, account: Account, calendar_id: str, event_id: str) -> RemoteEvent | None:
        """Return the event, canceled ones included, or nothing."""
        ...

    def insert(self, account: Account, calendar_id: str, event: CalendarEvent) -> RemoteEvent:
        """Insert under our own id.

        :raises ConflictError: if the id exists already
        """
        ...

    def update(self, account: Account, calendar_id: str, event: CalendarEvent) -> RemoteEvent:
        """Make the existing event equal to `event`."""
        ...

    def cancel(self, account: Account, calendar_id: str, event_id: str) -> None:
        """Delete the event; a deleted one counts as canceled."""
        ...


# ---------------------------------------------------------------- Forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a form: a scale of 1..5, or a text. `question_id` is ours (hexadecimal)."""

    question_id: str
    title: str
    kind: str
    """scale | text."""
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContent:
    """What a form asks."""

    title: str
    description: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteForm:
    """A form as Google holds it."""

    form_id: str
    responder_url: str
    is_published: bool
    question_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormResponse:
    """A response; `answers` by question id."""

    response_id: str
    submitted_at: datetime
    respondent_address: str | None
    answers: dict[str, tuple[str, ...]]


class Forms(Protocol):
    """Google Forms v1 and the one Drive call that lets people open a form."""

    def create(self, account: Account, title: str) -> RemoteForm:
        """Create an unpublished form with its title only. Not idempotent."""
        ...

    def read(self, account: Account, form_id: str) -> RemoteForm:
        """Read the form back."""
        ...

    def fill(self, account: Account, form_id: str, content: FormContent) -> None:
        """Add description, settings and all questions in one request."""
        ...

    def publish(self, account: Account, form_id: str) -> None:
        """Publish and accept responses; a published form stays published."""
        ...

    def share(self, account: Account, form_id: str) -> None:
        """Let anybody with the link answer (Drive permission with ``view=published``)."""
        ...

    def responses(
        self, account: Account, form_id: str, *, since: datetime | None
    ) -> tuple[FormResponse, ...]:
        """List responses last submitted at or after `since`, every page."""
        ...
