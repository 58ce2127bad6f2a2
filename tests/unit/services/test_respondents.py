from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from config.keyring import Keyring
from lti_tool.services.respondents import ENTRY, respondent, respondent_url

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
ENDS = NOW + timedelta(days=30)
FORM, PERSON = uuid4(), uuid4()


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return Keyring.from_dict(Keyring.generate())


@pytest.fixture
def token(keyring: Keyring) -> str:
    url = respondent_url(
        keyring,
        responder_url="https://forms.example/viewform",
        form_id=FORM,
        person_id=PERSON,
        expires_at=ENDS,
    )
    return parse_qs(urlsplit(url).query)[ENTRY][0]


def test_a_genuine_token_names_the_person(keyring: Keyring, token: str) -> None:
    assert respondent(keyring, f" {token} ", form_id=FORM, submitted_at=ENDS) == PERSON


def test_a_token_ends(keyring: Keyring, token: str) -> None:
    late = ENDS + timedelta(seconds=1)
    assert respondent(keyring, token, form_id=FORM, submitted_at=late) is None


def test_a_token_is_worth_nothing_on_another_form(keyring: Keyring, token: str) -> None:
    assert respondent(keyring, token, form_id=uuid4(), submitted_at=NOW) is None


def test_a_token_signed_by_somebody_else_is_nobodys(token: str) -> None:
    other = Keyring.from_dict(Keyring.generate())
    assert respondent(other, token, form_id=FORM, submitted_at=NOW) is None


@pytest.mark.parametrize("place", [0, 10, 22, 30, 45])
def test_a_changed_token_is_nobodys(keyring: Keyring, token: str, place: int) -> None:
    other = "A" if token[place] != "A" else "B"
    changed = token[:place] + other + token[place + 1 :]
    assert respondent(keyring, changed, form_id=FORM, submitted_at=NOW) is None


@pytest.mark.parametrize("text", ["", "abc", "=", "ü", "A" * 400])
def test_any_other_text_is_nobodys(keyring: Keyring, text: str) -> None:
    assert respondent(keyring, text, form_id=FORM, submitted_at=NOW) is None
