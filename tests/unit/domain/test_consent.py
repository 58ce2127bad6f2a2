"""A family's consent, per channel and day; its latest word counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.consent import (
    Channel,
    Consent,
    ConsentCode,
    ConsentedMentee,
    ConsentInvalidError,
    ConsentMissingError,
    consent_obstacles,
    consented,
)
from lti_tool.domain.proofs import UnprovenError
from tests.strategies.examples import DAY, MENTEES, YEAR_END, YEAR_START, consent

MENTEE, OTHER = MENTEES[:2]
ONE_DAY = timedelta(days=1)


def codes(*consents: Consent, on: date = DAY) -> list[str]:
    found = consent_obstacles(consents, person_id=MENTEE, channel=Channel.video, on=on)
    assert all(obstacle.about == str(MENTEE) for obstacle in found)
    assert all("meet by video call" in obstacle.remedy for obstacle in found)
    return [obstacle.code for obstacle in found]


class TestConsent:
    def test_holds_from_the_day_it_is_given_until_the_day_before_it_expires(self) -> None:
        given_ = consent(MENTEE)
        assert codes(given_, on=YEAR_START - ONE_DAY) == [ConsentCode.not_yet_valid]
        assert codes(given_, on=YEAR_START) == []
        assert codes(given_, on=YEAR_END - ONE_DAY) == []
        assert codes(given_, on=YEAR_END) == [ConsentCode.expired]

    def test_is_for_one_person(self) -> None:
        assert codes(consent(OTHER)) == [ConsentCode.missing]

    @pytest.mark.parametrize("channel", [c for c in Channel if c is not Channel.video])
    def test_is_for_one_channel(self, channel: Channel) -> None:
        assert codes(consent(MENTEE, channel=channel)) == [ConsentCode.missing]

    def test_is_missing_when_nobody_was_asked(self) -> None:
        assert codes() == [ConsentCode.missing]

    def test_ends_on_the_day_it_is_withdrawn(self) -> None:
        withdrawn = consent(MENTEE, withdrawn_on=DAY)
        assert codes(withdrawn, on=DAY - ONE_DAY) == []
        assert codes(withdrawn, on=DAY) == [ConsentCode.withdrawn]
        assert codes(withdrawn, on=DAY + ONE_DAY) == [ConsentCode.withdrawn]

    def test_withdrawn_ends_every_earlier_consent_for_that_channel(self) -> None:
        older = consent(MENTEE)
        newer = consent(MENTEE, given_on=YEAR_START + ONE_DAY, withdrawn_on=DAY)
        assert codes(older, newer) == [ConsentCode.withdrawn]
        assert codes(newer, older, on=DAY - ONE_DAY) == []

    def test_withdrawn_for_one_channel_or_person_leaves_the_others(self) -> None:
        by_phone = consent(MENTEE, channel=Channel.phone, withdrawn_on=DAY)
        of_other = consent(OTHER, withdrawn_on=DAY)
        assert codes(consent(MENTEE), by_phone, of_other) == []

    def test_may_be_given_again_on_the_day_of_the_withdrawal(self) -> None:
        withdrawn = consent(MENTEE, withdrawn_on=DAY)
        assert codes(withdrawn, consent(MENTEE, given_on=DAY)) == []

    def test_given_again_and_withdrawn_again_is_withdrawn(self) -> None:
        first = consent(MENTEE, withdrawn_on=DAY)
        second = consent(MENTEE, given_on=DAY, withdrawn_on=DAY + ONE_DAY)
        third = consent(MENTEE, given_on=DAY)
        assert codes(first, second, third, on=DAY) == []
        assert codes(first, second, third, on=DAY + ONE_DAY) == [ConsentCode.withdrawn]

    def test_withdrawn_on_its_own_day_does_not_hold(self) -> None:
        assert codes(consent(MENTEE, given_on=DAY, withdrawn_on=DAY)) == [ConsentCode.withdrawn]

    def test_renewed_holds_beside_the_expired_one(self) -> None:
        expired = consent(MENTEE, expires_on=DAY)
        assert codes(expired, consent(MENTEE, given_on=DAY)) == []

    def test_gives_the_most_telling_reason(self) -> None:
        expired = consent(MENTEE, expires_on=DAY)
        later = consent(MENTEE, given_on=DAY + ONE_DAY)
        withdrawn = consent(MENTEE, withdrawn_on=DAY)
        assert codes(later, expired) == [ConsentCode.expired]
        assert codes(later, expired, withdrawn) == [ConsentCode.withdrawn]
        assert codes(later) == [ConsentCode.not_yet_valid]

    def test_lists_every_contradiction_of_its_dates(self) -> None:
        with pytest.raises(ConsentInvalidError) as refused:
            consent(MENTEE, expires_on=YEAR_START, withdrawn_on=YEAR_START - ONE_DAY)
        assert [o.code for o in refused.value.obstacles] == [
            ConsentCode.expires_before_given,
            ConsentCode.withdrawn_before_given,
        ]
        assert {o.about for o in refused.value.obstacles} == {str(MENTEE)}
        assert all(o.remedy.startswith("Enter ") for o in refused.value.obstacles)

    def test_may_last_one_day_and_be_open_ended(self) -> None:
        assert codes(consent(MENTEE, given_on=DAY, expires_on=DAY + ONE_DAY)) == []
        assert codes(consent(MENTEE, expires_on=None), on=date(2040, 1, 1)) == []

    @given(
        st.lists(
            st.builds(
                lambda start, length, gone: consent(
                    MENTEE,
                    given_on=DAY + timedelta(days=start),
                    expires_on=DAY + timedelta(days=start + length),
                    withdrawn_on=None if gone is None else DAY + timedelta(days=start + gone),
                ),
                st.integers(-5, 5),
                st.integers(1, 9),
                st.none() | st.integers(0, 9),
            ),
            max_size=4,
        )
    )
    def test_never_outlives_a_withdrawal(self, consents: list[Consent]) -> None:
        gone = [c.withdrawn_on for c in consents if c.withdrawn_on and c.withdrawn_on <= DAY]
        allowed = codes(*consents) == []
        valid = [c for c in consents if c.given_on <= DAY and (c.expires_on or DAY) > DAY]
        after = [c for c in valid if c.withdrawn_on is None or c.withdrawn_on > DAY]
        assert allowed == any(all(c.given_on >= w for w in gone) for c in after)


class TestConsented:
    def test_proves_person_channel_and_day(self) -> None:
        proof = consented([consent(MENTEE)], person_id=MENTEE, channel=Channel.video, on=DAY)
        assert (proof.person_id, proof.channel, proof.on) == (MENTEE, Channel.video, DAY)

    def test_refuses_without_consent(self) -> None:
        with pytest.raises(ConsentMissingError) as refused:
            consented([], person_id=MENTEE, channel=Channel.video, on=DAY)
        assert refused.value.obstacles == consent_obstacles(
            [], person_id=MENTEE, channel=Channel.video, on=DAY
        )

    def test_cannot_be_written_down_by_anyone_else(self) -> None:
        with pytest.raises(UnprovenError, match="family consented"):
            ConsentedMentee(
                person_id=MENTEE,
                channel=Channel.video,
                on=DAY,
                seal=object(),  # type: ignore[arg-type]
            )


class TestChannel:
    def test_is_virtual_unless_people_meet_in_person(self) -> None:
        assert [channel for channel in Channel if not channel.is_virtual] == [Channel.in_person]
