import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.settings import Environment, parse_settings
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.google import google
from lti_tool.cli.local import Backing, local_settings
from tests.factories.meetings import TOOL_URL, make_scene
from tests.servers.google import SCOPES, GoogleServer


@pytest.fixture
def runner(
    sqlite_url: str, server: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    environ = local_settings(
        tmp_path / "tool",
        environment=Environment.test,
        tool_url=TOOL_URL,
        google_url=server.url,
        backing=Backing(database_url=sqlite_url),
    )
    settings = parse_settings(environ)
    workshop = build_workshop(settings)
    workshop.database.wake = None
    make_scene(workshop.database, settings.keyring, server)
    workshop.database.engine.dispose()
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def connect(runner: CliRunner, file: Path, organization: str = "Harbor District") -> str:
    words = ["connect", "--organization", organization, "--domain", "harbor.example"]
    return runner.invoke(google, [*words, "--key-file", str(file)]).output


def test_a_key_file_is_stored_and_checked(
    runner: CliRunner, server: GoogleServer, tmp_path: Path
) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(server.key))
    assert "Google is connected." in connect(runner, file)
    checked = runner.invoke(google, ["check", "--organization", "harbor district"])
    assert (checked.exit_code, checked.output) == (0, "Google is connected for harbor.example.\n")


def test_a_delegation_that_is_too_broad_is_told(
    runner: CliRunner, server: GoogleServer, tmp_path: Path
) -> None:
    broad = server.control(
        "/service-accounts", {"domain": "harbor.example", "scopes": [*SCOPES, "calendar"]}
    )
    file = tmp_path / "key.json"
    file.write_text(json.dumps(broad))
    connect(runner, file)
    checked = runner.invoke(google, ["check", "--organization", "Harbor District"])
    assert checked.exit_code == 1
    assert "more is granted than the tool needs" in checked.output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("no JSON", "The file is not JSON."), ("{}", "The file lacks client_email, private_key")],
)
def test_what_is_no_key_file_is_refused(
    runner: CliRunner, tmp_path: Path, content: str, sentence: str
) -> None:
    file = tmp_path / "key.json"
    file.write_text(content)
    assert sentence in connect(runner, file)


def test_an_unknown_organization_is_refused(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text("{}")
    assert "There is no organization" in connect(runner, file, "Nowhere")
