from datetime import UTC, datetime

import pytest

from lti_tool.services.mail_texts import RULE, Letter, Template, write

URL = "https://mentoring.example"


def letter(template: Template, *, is_mentor: bool = True) -> Letter:
    return Letter(
        message_id="1",
        to="jordan@brightworks.example",
        template=template,
        organization="Harbor District",
        is_mentor=is_mentor,
        starts_at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        time_zone="America/New_York",
        code="012345",
        link_secret="s3cret",
    )


@pytest.mark.parametrize("template", list(Template))
class TestEveryMail:
    def test_repeats_the_rule_to_mentors(self, template: Template) -> None:
        assert RULE in write(letter(template), public_url=URL)[1]

    def test_leads_to_us_and_nowhere_else(self, template: Template) -> None:
        text = write(letter(template), public_url=URL)[1]
        assert text.count("http") == text.count(f"{URL}/") > 0

    def test_has_a_subject_that_names_nobody_and_no_day(self, template: Template) -> None:
        subject, _ = write(letter(template), public_url=URL)
        assert not any(character.isdigit() for character in subject)
        assert "Jordan" not in subject

    def test_carries_secrets_only_to_sign_in(self, template: Template) -> None:
        text = write(letter(template), public_url=URL)[1]
        assert ("012345" in text) is (template is Template.sign_in)
        assert ("s3cret" in text) is (template is Template.sign_in)


def test_the_link_keeps_its_secret_behind_the_hash() -> None:
    assert f"{URL}/sign-in/link#s3cret" in write(letter(Template.sign_in), public_url=URL)[1]


def test_a_meeting_is_named_by_the_schools_own_time() -> None:
    text = write(letter(Template.meeting_cancelled), public_url=URL)[1]
    assert "Tuesday, November 24, 2026, 10:00 AM" in text


def test_staff_are_not_told_the_rule_of_mentors() -> None:
    assert RULE not in write(letter(Template.sign_in, is_mentor=False), public_url=URL)[1]


def test_a_letter_does_not_show_its_secrets() -> None:
    shown = repr(letter(Template.sign_in))
    assert not any(secret in shown for secret in ("012345", "s3cret", "jordan"))
