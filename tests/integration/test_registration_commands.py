"""The commands of whoever connects an LMS, as they are typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config.settings import Environment
from lti_tool.cli import main
from lti_tool.cli.local import Backing, local_settings

PUBLIC = "https://mentoring.example.org"
REGISTER = (
    "register",
    "--profile=schoology",
    "--issuer=https://schoology.schoology.com",
    "--client-id=6543",
    "--auth-login-url=https://lti-service.svc.schoology.com/lti-service/authorize-redirect",
    "--token-url=https://lti-service.svc.schoology.com/lti-service/access-token",
    "--jwks-url=https://lti-service.svc.schoology.com/lti-service/.well-known/jwks",
)
APPROVE = (
    "approve",
    "--organization=Harbor City Schools",
    "--school=Harbor Career High School",
    "--time-zone=America/New_York",
    "--coordinator=okafor",
)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    return local_settings(
        tmp_path,
        environment=Environment.test,
        tool_url=PUBLIC,
        google_url="http://127.0.0.1:9",
        backing=Backing(database_url=sqlite_url),
    )


def _run(settings: dict[str, str], *words: str) -> Result:
    return CliRunner(env=settings).invoke(main, words)


def _said(settings: dict[str, str], *words: str) -> Any:
    result = _run(settings, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_register_says_what_to_enter_in_the_lms(settings: dict[str, str]) -> None:
    said = _said(settings, *REGISTER)
    assert said["initiate_login_url"] == f"{PUBLIC}/lti/login/{said['registration_id']}"
    assert said["redirect_uris"] == [f"{PUBLIC}/lti/launch"]
    assert said["jwks_url"] == f"{PUBLIC}/lti/jwks"
    assert _said(settings, *REGISTER) == said


def test_register_in_words(settings: dict[str, str]) -> None:
    assert f"jwks url: {PUBLIC}/lti/jwks" in _run(settings, *REGISTER).output


def test_an_installation_is_approved_before_anybody_opened_it(settings: dict[str, str]) -> None:
    registration = _said(settings, *REGISTER)["registration_id"]
    words = (*APPROVE, "--deployment=123-1", f"--registration={registration}")
    approved = _said(settings, *words)
    assert _said(settings, *APPROVE, "--deployment=123-1") == approved
    assert _said(settings, *APPROVE, f"--deployment={approved['deployment_id']}") == approved
    lines = _said(settings, "deployments")
    assert [line["organization"] for line in lines] == ["Harbor City Schools"]
    assert "0 wait for approval" in _run(settings, "deployments").output


def test_an_unknown_installation_is_refused_in_words(settings: dict[str, str]) -> None:
    result = _run(settings, *APPROVE, "--deployment=nowhere")
    assert result.exit_code == 1
    assert "no such deployment" in result.output


def test_an_id_that_two_registrations_use_needs_the_registration(
    settings: dict[str, str],
) -> None:
    one = _said(settings, *REGISTER)["registration_id"]
    other = _said(settings, *REGISTER, "--client-id=9")["registration_id"]
    for registration in (one, other):
        _said(settings, *APPROVE, "--deployment=1", f"--registration={registration}")
    result = _run(settings, *APPROVE, "--deployment=1")
    assert result.exit_code == 1
    assert "--registration" in result.output


def test_keys_are_listed_and_rotated(settings: dict[str, str]) -> None:
    _said(settings, *REGISTER)
    new = _said(settings, "keys", "rotate")["kid"]
    lines = _said(settings, "keys", "list")
    assert [line["kid"] for line in lines][-1] == new
    assert [line["retired_at"] is None for line in lines] == [False, True]
    assert new in _run(settings, "keys", "list").output


def test_a_registration_with_a_broken_address_is_refused(settings: dict[str, str]) -> None:
    result = _run(settings, *REGISTER, "--jwks-url=nonsense")
    assert result.exit_code == 1
    assert "jwks-url" in result.output


def test_a_time_zone_that_does_not_exist_is_refused(settings: dict[str, str]) -> None:
    registration = _said(settings, *REGISTER)["registration_id"]
    words = ("--deployment=1", f"--registration={registration}", "--time-zone=Harbor/Time")
    result = _run(settings, *APPROVE, *words)
    assert result.exit_code == 1
    assert "Harbor/Time" in result.output
    assert _said(settings, "deployments") == []
