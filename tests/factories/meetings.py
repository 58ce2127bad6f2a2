"""A school, a stand-in Google and the relay between them, moved by the test's own clock."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from config.keyring import Keyring
from integrations.google import GoogleClient
from integrations.google.calendar import GoogleCalendars
from integrations.google.meet import GoogleRooms
from lti_tool.db import Database
from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import Place
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.messages import MailRecord, NoticeRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.pairings import MentorRecord
from lti_tool.models.people import StaffRecord
from lti_tool.ports.google import Calendars, Rooms
from lti_tool.services import doors, google, meetings, watch
from lti_tool.services.google import StoredKeys
from lti_tool.services.meetings import Slot
from tasks.keepers import Relay
from tasks.registry import KEEPERS
from tests.factories.world import World, make_world
from tests.servers.google import CHEN, JORDAN, RIVERA, GoogleServer

TOOL_URL = "http://localhost:9100"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001 - wall time at school
STARTS = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@dataclass(slots=True)
class Hands:
    """A clock that the test sets."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Return the time that the test set."""
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePorts:
    """The ports that meetings and presence need."""

    rooms: Rooms
    calendars: Calendars
    public_url: str = TOOL_URL


@dataclass(slots=True, kw_only=True)
class Scene:
    """Everything a test of meetings needs at hand."""

    database: Database
    world: World
    google: GoogleServer
    relay: Relay
    clock: Hands = field(default_factory=Hands)

    def open_slot(self, **changes: Any) -> UUID:
        """Schedule a video meeting tomorrow at ten, but for `changes`."""
        slot: dict[str, Any] = {
            "request_id": uuid4(),
            "pairing_id": self.world.pairing_id,
            "local_start": TEN,
            "minutes": 30,
            "channel": Channel.video,
            "place": Place.school,
            "supervisor_id": self.world.rivera_id,
            "backup_id": self.world.chen_id,
            **changes,
        }
        with self.database.transaction() as session:
            return meetings.open_slot(
                session,
                organization_id=self.world.organization_id,
                school_id=self.world.school_id,
                actor_id=self.world.teacher_id,
                slot=Slot(**slot),
                now=self.clock.now(),
            )

    def ready_meeting(self) -> UUID:
        """Schedule a meeting, have Google follow, and stand at its start."""
        meeting_id = self.open_slot()
        self.drain()
        self.clock.at = STARTS
        return meeting_id

    def running_meeting(self) -> UUID:
        """Have the supervisor open a meeting that is ready."""
        meeting_id = self.ready_meeting()
        self.open(meeting_id)
        self.drain()
        return meeting_id

    def open(self, meeting_id: UUID, person_id: UUID | None = None) -> None:
        """Open the door as the supervisor, or as somebody else."""
        with self.database.transaction() as session:
            doors.open_meeting(
                session,
                organization_id=self.world.organization_id,
                meeting_id=meeting_id,
                actor_id=person_id or self.world.rivera_id,
                authenticated_at=self.clock.now(),
                now=self.clock.now(),
            )

    def join(self, meeting_id: UUID, person_id: UUID) -> str:
        """Ask for the link."""
        with self.database.transaction() as session:
            return doors.join(
                session,
                organization_id=self.world.organization_id,
                meeting_id=meeting_id,
                person_id=person_id,
                authenticated_at=self.clock.now(),
                now=self.clock.now(),
            )

    def close(self, meeting_id: UUID) -> None:
        """Close the meeting as its supervisor."""
        with self.database.transaction() as session:
            doors.close_meeting(
                session,
                organization_id=self.world.organization_id,
                meeting_id=meeting_id,
                actor_id=self.world.rivera_id,
                outcome=None,
                now=self.clock.now(),
            )

    def tick(self) -> None:
        """Look at the meetings by the clock and do all that follows."""
        with self.database.transaction() as session:
            watch.look_at_meetings(session, self.world.organization_id, self.clock.now())
        self.drain()

    def drain(self) -> int:
        """Keep every promise that is due."""
        return self.relay.drain("google")

    def bind_google_users(self) -> None:
        """Bind supervisor, backup and mentor to their Google accounts, as staff confirmed them."""
        with self.database.transaction() as session:
            for person_id, email in ((self.world.rivera_id, RIVERA), (self.world.chen_id, CHEN)):
                row = session.scalars(
                    select(StaffRecord).where(StaffRecord.person_id == person_id)
                ).one()
                row.google_user = self.google.user(email)
            mentor = session.get_one(
                MentorRecord, (self.world.organization_id, self.world.mentor_id)
            )
            mentor.google_user = self.google.user(JORDAN)

    def step(self, meeting_id: UUID, step: str, minute: float, **who: str) -> None:
        """Move somebody in the call, `minute` minutes after the meeting's start."""
        at = STARTS + timedelta(minutes=minute)
        space = str(self.meeting(meeting_id).space_name).removeprefix("spaces/")
        admitted = {"admitted_by": RIVERA} if step == "join" else {}
        self.google.control(f"/calls/{space}/{step}", {**who, **admitted, "at": at.isoformat()})

    def meeting(self, meeting_id: UUID) -> MeetingRecord:
        """Return the stored meeting."""
        with self.database.reading() as session:
            row = session.get_one(MeetingRecord, (self.world.organization_id, meeting_id))
            session.expunge(row)
        return row

    def notices(self) -> list[str]:
        """Return the codes of what staff were told."""
        with self.database.reading() as session:
            return sorted(session.scalars(select(NoticeRecord.code)))

    def mails(self) -> list[str]:
        """Return the templates of what people were mailed."""
        with self.database.reading() as session:
            return sorted(session.scalars(select(MailRecord.template)))

    def open_promises(self) -> list[str]:
        """Return the topics of promises to Google that are not kept."""
        with self.database.reading() as session:
            return sorted(
                session.scalars(
                    select(PromiseRecord.topic).where(
                        PromiseRecord.is_open | PromiseRecord.dead_at.is_not(None),
                        PromiseRecord.queue == "google",
                    )
                )
            )

    def events(self, meeting_id: UUID) -> list[dict[str, Any]]:
        """Return every event of the meeting, canceled ones included."""
        held = self.google.control("/events", verb="GET")["events"]
        wanted = f"{TOOL_URL}/m/{meeting_id}"
        return [e["event"] for e in held if e["event"].get("location") == wanted]

    def room(self, meeting_id: UUID) -> dict[str, Any]:
        """Return the meeting's room as the stand-in holds it."""
        name = self.meeting(meeting_id).space_name
        spaces = self.google.control("/spaces", verb="GET")["spaces"]
        return next(space for space in spaces if space["name"] == name)


def make_scene(database: Database, keyring: Keyring, server: GoogleServer) -> Scene:
    """Write the school, connect it to the stand-in, and build the relay."""
    server.reset()
    with database.transaction() as session:
        world = make_world(session, keyring, now=NOW)
        google.connect(
            session,
            organization_id=world.organization_id,
            domain="harbor.example",
            key_text=json.dumps(server.key),
            actor_id=None,
            now=NOW,
        )
    client = GoogleClient(StoredKeys(database), base_url=server.url)
    clock = Hands()
    relay = Relay(
        database=database,
        clock=clock,  # type: ignore[arg-type]  # the test's own hands move it
        ports=GooglePorts(rooms=GoogleRooms(client), calendars=GoogleCalendars(client)),
        keepers=KEEPERS,
    )
    return Scene(database=database, world=world, google=server, relay=relay, clock=clock)
