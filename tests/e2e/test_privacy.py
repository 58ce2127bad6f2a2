"""After the whole story no trace of a credential or a person lies where it does not belong."""

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.clock import OFFSET_FILE_VARIABLE
from sandbox.scenario import connect, play
from sandbox.scenario.controls import Control
from sandbox.scenario.stage import COURSE, Stage
from sandbox.scenario.visitor import Visitor
from tests.servers.stack import SetUp, Stack, running_stack

SHORTEST_SECRET = 20
PEOPLE_IN_PATHS = re.compile(r"/(?:mentors|consent|staff|devices|meetings|m)/[0-9a-f]{8}-")
WORK = re.compile("/(?:activities|grading)/")
CODE = re.compile(r"\b\d{6}\b")
LINK_SECRET = re.compile(r"#([\w.-]{20,})")
SIGNED_OUT = re.compile(r"data-shell|data-form=\"sign-in|data-own-tab")


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What the people of the story sent and were sent."""

    addresses: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)
    writings: set[str] = field(default_factory=set)

    def note(self, answer: requests.Response, *_: object, **__: object) -> None:
        """Remember one exchange; the library calls it for every answer."""
        sent = answer.request
        self.addresses |= {str(sent.url), answer.headers.get("Location", "")}
        signed_in = "Authorization" in sent.headers or "career-mentoring=" in _cookies(sent)
        if signed_in and sent.method == "GET" and answer.status_code == requests.codes.ok:
            self.pages.add(str(sent.url))
        self.secrets |= set(sent.headers.get("Authorization", "").split()[1:])
        self.secrets |= {pair.partition("=")[2] for pair in _cookies(sent).split("; ")}
        fields = parse_qs(_body(sent))
        self.secrets |= {value for name in ("id_token", "JWT") for value in fields.get(name, ())}
        if WORK.match(sent.path_url):
            words = (value for name in ("text", "comment") for value in fields.get(name, ()))
            self.writings.update(words)
        if sent.path_url == "/lti/exchange":
            self.secrets |= {str(value) for value in re.findall(r'"code": "([^"]+)"', _body(sent))}

    def credentials(self) -> list[bytes]:
        """Return every secret that is long enough to be told from a word."""
        return [each.encode() for each in self.secrets if len(each) >= SHORTEST_SECRET]


@dataclass(slots=True, kw_only=True)
class WatchedStage(Stage):
    """The story's stage, with somebody who notes what goes over the wire."""

    traffic: Traffic = field(default_factory=Traffic)

    def visitor(self, name: str) -> Visitor:
        """Return somebody with a fresh browser that is listened to."""
        visitor = Visitor(self.tool_url, name)
        visitor.http.hooks["response"].append(self.traffic.note)
        return visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What is left when the story is over."""

    stack: Stack
    stage: WatchedStage

    @property
    def folder(self) -> Path:
        """Return where the tool keeps its state."""
        return self.stack.tool.folder

    def names(self) -> list[bytes]:
        """Return names and addresses of the people in the story."""
        listed = self.stage.lms.get(
            f"courses/{COURSE}/people", client_id=self.stage.registration["client_id"]
        )
        rows: list[dict[str, Any]] = listed["people"] if isinstance(listed, dict) else listed
        words = {str(row[key]) for row in rows for key in ("name", "email") if row.get(key)}
        words |= {"Jordan Ellis", str(self.stage.found["mentor_email"])}
        return sorted(word.encode() for word in words)

    def logs(self) -> dict[str, bytes]:
        """Return what the processes of the tool wrote."""
        return {
            name: (self.folder / f"{name}.log").read_bytes() for name in ("web", "worker", "beat")
        }


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("privacy")
    with (
        running_stack(SetUp.single, folder) as stack,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in stack.tool.settings.items():
            patch.setenv(name, value)
        stage = _connected(stack)
        play.play(stage)
        yield Aftermath(stack=stack, stage=stage)


def _connected(stack: Stack) -> WatchedStage:
    lms, google = Control(url=stack.sandbox.lms_url), Control(url=stack.sandbox.google_url)
    registration = connect.connect_lms(
        lms, profile="canvas", privacy="public", frame_origin=stack.sandbox.lms_url
    )
    connect.approve(lms, registration, course=COURSE)
    connect.connect_google(google, [registration["organization"]])
    return WatchedStage(
        tool_url=stack.tool.url,
        lms=lms,
        google=google,
        profile="canvas",
        privacy="public",
        clock_file=Path(os.environ[OFFSET_FILE_VARIABLE]),
        registration=registration,
        run="privacy",
    )


@pytest.mark.e2e
class TestAddresses:
    def test_hold_no_credential(self, aftermath: Aftermath) -> None:
        traffic = aftermath.stage.traffic
        assert traffic.credentials()
        told = "\n".join(traffic.addresses).encode()
        assert [secret for secret in traffic.credentials() if secret in told] == []

    def test_of_the_tool_name_nobody(self, aftermath: Aftermath) -> None:
        own = [each for each in aftermath.stage.traffic.addresses if _is_own(aftermath, each)]
        told = "\n".join(own).encode()
        assert _found(aftermath.names(), told) == []

    def test_open_nothing_in_another_browser(self, aftermath: Aftermath) -> None:
        pages = [each for each in aftermath.stage.traffic.pages if _is_own(aftermath, each)]
        assert pages
        for page in pages:
            answer = requests.get(page, timeout=60)
            assert SIGNED_OUT.search(answer.text), urlsplit(page).path
            assert _found(aftermath.names(), answer.content) == []


@pytest.mark.e2e
class TestLogs:
    def test_hold_no_credential(self, aftermath: Aftermath) -> None:
        for name, text in aftermath.logs().items():
            assert text, name
            assert _found(aftermath.stage.traffic.credentials(), text) == [], name

    def test_of_the_stand_ins_hold_no_credential(self, aftermath: Aftermath) -> None:
        text = (aftermath.folder / "sandbox.log").read_bytes()
        assert _found(aftermath.stage.traffic.credentials(), text) == []

    def test_name_nobody(self, aftermath: Aftermath) -> None:
        for name, text in aftermath.logs().items():
            assert _found(aftermath.names(), text) == [], name

    def test_hold_no_path_with_an_id(self, aftermath: Aftermath) -> None:
        for name, text in aftermath.logs().items():
            assert PEOPLE_IN_PATHS.findall(text.decode()) == [], name


@pytest.mark.e2e
class TestDatabase:
    def test_holds_no_name_and_no_work_in_the_clear(self, aftermath: Aftermath) -> None:
        writings = [text.encode() for text in aftermath.stage.traffic.writings]
        assert writings
        for file in aftermath.folder.glob("tool.db*"):
            stored = file.read_bytes()
            assert _found(aftermath.names(), stored) == [], file.name
            assert _found(writings, stored) == [], file.name

    def test_holds_no_credential(self, aftermath: Aftermath) -> None:
        for file in aftermath.folder.glob("tool.db*"):
            assert _found(aftermath.stage.traffic.credentials(), file.read_bytes()) == []

    def test_promises_by_ids_alone(self, aftermath: Aftermath) -> None:
        with sqlite3.connect(aftermath.folder / "tool.db") as connection:
            keys = [row[0] for row in connection.execute("SELECT key FROM promises")]
        connection.close()
        assert keys
        assert [key for key in keys if "@" in key or " " in key] == []


@pytest.mark.e2e
class TestBroker:
    def test_carries_neither_people_nor_credentials(self, aftermath: Aftermath) -> None:
        for file in (aftermath.folder / "broker").rglob("*"):
            if file.is_file():
                text = file.read_bytes()
                assert _found(aftermath.names(), text) == [], file.name
                assert _found(aftermath.stage.traffic.credentials(), text) == [], file.name


@pytest.mark.e2e
class TestMails:
    def test_have_neutral_subjects(self, aftermath: Aftermath) -> None:
        mails = _mails(aftermath)
        assert mails
        for mail in mails:
            subject = str(mail["Subject"])
            assert _found(aftermath.names(), subject.encode()) == []
            assert CODE.search(subject) is None

    def test_leave_their_secrets_nowhere_else(self, aftermath: Aftermath) -> None:
        bodies = [mail.get_body(("plain",)) for mail in _mails(aftermath)]
        texts = [body.get_content() for body in bodies if body is not None]
        secrets = {found for text in texts for found in LINK_SECRET.findall(text)}
        assert secrets
        wanted = [secret.encode() for secret in secrets]
        for text in aftermath.logs().values():
            assert _found(wanted, text) == []
        for file in aftermath.folder.glob("tool.db*"):
            assert _found(wanted, file.read_bytes()) == []


def _mails(aftermath: Aftermath) -> list[EmailMessage]:
    return [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in (aftermath.folder / "mail").glob("*.eml")
    ]


def _is_own(aftermath: Aftermath, address: str) -> bool:
    return address.startswith(aftermath.stack.tool.url)


def _found(words: list[bytes], text: bytes) -> list[bytes]:
    return [word for word in words if word in text]


def _cookies(sent: requests.PreparedRequest) -> str:
    return sent.headers.get("Cookie", "")


def _body(sent: requests.PreparedRequest) -> str:
    body = sent.body or ""
    return body.decode() if isinstance(body, bytes) else str(body)
