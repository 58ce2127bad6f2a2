import json

import pytest

from config.keyring import Keyring, KeyringError, Purpose, SealBrokenError
from config.settings import ConfigurationError, Environment, parse_settings

KEYRING = json.dumps(Keyring.generate())
DEMO = {
    "CAREER_MENTORING_ENVIRONMENT": "demo",
    "CAREER_MENTORING_PUBLIC_URL": "http://localhost:9100/",
    "CAREER_MENTORING_DATABASE_URL": "sqlite:///demo.db",
    "CAREER_MENTORING_BROKER_FOLDER": "broker",
    "CAREER_MENTORING_MAIL_FOLDER": "mail",
    "CAREER_MENTORING_KEYRING": KEYRING,
}


class TestSettings:
    def test_are_parsed_once_from_the_environment(self) -> None:
        settings = parse_settings(DEMO)
        assert settings.environment is Environment.demo
        assert settings.public_url == "http://localhost:9100"

    def test_report_every_fault_together(self) -> None:
        with pytest.raises(ConfigurationError) as refused:
            parse_settings({"CAREER_MENTORING_PUBLIC_URL": "mentoring.example"})
        text = str(refused.value)
        for name in ("ENVIRONMENT", "PUBLIC_URL", "DATABASE_URL", "KEYRING", "BROKER_FOLDER"):
            assert f"CAREER_MENTORING_{name}" in text
        assert len(refused.value.faults) == 6

    def test_refuse_in_production_what_only_a_demo_may_do(self) -> None:
        demo_in_production = DEMO | {
            "CAREER_MENTORING_ENVIRONMENT": "production",
            "CAREER_MENTORING_CLOCK_OFFSET_FILE": "offset",
            "CAREER_MENTORING_CRASH_AT": "meeting.room:performed",
            "CAREER_MENTORING_GOOGLE_URL": "http://127.0.0.1:9102",
        }
        with pytest.raises(ConfigurationError) as refused:
            parse_settings(demo_in_production)
        faults = " ".join(refused.value.faults)
        for name in ("PUBLIC_URL", "CLOCK_OFFSET_FILE", "CRASH_AT", "GOOGLE_URL", "SMTP_URL"):
            assert name in faults

    def test_never_show_keys_in_their_representation(self) -> None:
        secret = json.loads(KEYRING)["data"][0][1]
        assert secret not in repr(parse_settings(DEMO))


class TestKeyring:
    def test_names_every_purpose_without_a_usable_key(self) -> None:
        with pytest.raises(KeyringError, match="state, links, lookup, seals"):
            Keyring.from_dict({"data": Keyring.generate()["data"]})

    def test_refuses_a_sealed_value_moved_to_another_place(self) -> None:
        keyring = Keyring.from_dict(Keyring.generate())
        sealed = keyring.seal(Purpose.data, b"name", place="people/1/name")
        assert keyring.open(Purpose.data, sealed, place="people/1/name") == b"name"
        with pytest.raises(SealBrokenError):
            keyring.open(Purpose.data, sealed, place="people/2/name")
        with pytest.raises(SealBrokenError):
            keyring.open(Purpose.state, sealed, place="people/1/name")

    def test_opens_what_an_older_key_closed(self) -> None:
        old = Keyring.generate()
        sealed = Keyring.from_dict(old).seal(Purpose.data, b"x", place="here")
        newer = Keyring.generate()
        rotated = {purpose: [["2", newer[purpose][0][1]], *old[purpose]] for purpose in Purpose}
        keyring = Keyring.from_dict(rotated)
        assert keyring.open(Purpose.data, sealed, place="here") == b"x"
        assert keyring.seal(Purpose.data, b"x", place="here").startswith(b"2:")
        assert keyring.digest(Purpose.links, "t") != keyring.digests(Purpose.links, "t")[1]

    def test_says_so_when_a_key_is_gone(self) -> None:
        sealed = Keyring.from_dict(Keyring.generate()).seal(Purpose.data, b"x", place="here")
        other = Keyring.from_dict(
            {purpose: [["9", keys[0][1]]] for purpose, keys in Keyring.generate().items()}
        )
        with pytest.raises(SealBrokenError, match="not in the keyring"):
            other.open(Purpose.data, sealed, place="here")
