"""A family's consent to mentoring, per student and per channel.

Students may continue by phone or other technology only with permissions, protections and
guidance in place (guide, virtual note, R6). So a consent names one channel, may expire, and can
be withdrawn at any time. A withdrawal takes effect on its own day and also ends every other
consent for that channel given before that day: the family's latest word counts.
"""

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.periods import covers
from lti_tool.domain.proofs import Seal


class Channel(StrEnum):
    """A way for mentor and mentee to be in touch."""

    in_person = "in-person"
    video = "video"
    phone = "phone"
    e_mail = "e-mail"

    @property
    def is_virtual(self) -> bool:
        """Say whether technology stands between the two."""
        return self is not Channel.in_person


class ConsentCode(StrEnum):
    """Why a family's consent does not hold."""

    missing = "consent-missing"
    not_yet_valid = "consent-not-yet-valid"
    expired = "consent-expired"
    withdrawn = "consent-withdrawn"
    expires_before_given = "consent-expires-before-it-was-given"
    withdrawn_before_given = "consent-withdrawn-before-it-was-given"


_REMEDIES = {
    ConsentCode.missing: "Ask the family for consent to {way}.",
    ConsentCode.not_yet_valid: "Choose a day on or after the day of the consent to {way}.",
    ConsentCode.expired: "Ask the family to renew the consent to {way}.",
    ConsentCode.withdrawn: "Talk with the family; they may again give consent to {way}.",
    ConsentCode.expires_before_given: "Enter an end that lies after the day of consent.",
    ConsentCode.withdrawn_before_given: "Enter a withdrawal on or after the day of consent.",
}


_WAYS = {
    Channel.in_person: "meet in person",
    Channel.video: "meet by video call",
    Channel.phone: "talk by phone",
    Channel.e_mail: "write by e-mail",
}


class ConsentMissingError(DomainError):
    """The family has not agreed to this channel on this day."""


class ConsentInvalidError(DomainError):
    """The dates of a consent contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One family's yes to one channel; ends on the first day it no longer counts.

    :raises ConsentInvalidError: when its dates contradict each other; lists all of them.
    """

    person_id: PersonId
    channel: Channel
    given_on: date
    expires_on: date | None
    withdrawn_on: date | None
    recorded_by: PersonId

    def __post_init__(self) -> None:
        """Collect every contradiction before refusing."""
        faults: list[ConsentCode] = []
        if self.expires_on is not None and self.expires_on <= self.given_on:
            faults.append(ConsentCode.expires_before_given)
        if self.withdrawn_on is not None and self.withdrawn_on < self.given_on:
            faults.append(ConsentCode.withdrawn_before_given)
        if faults:
            raise ConsentInvalidError(
                *(_obstacle(code, self.person_id, self.channel) for code in faults)
            )


class _Seal(Seal):
    """Held by `consented` alone."""


_SEAL = _Seal("this mentee's family consented to this channel on this day")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentedMentee:
    """Proof that consent for a channel holds on a day; made by `consented` only."""

    person_id: PersonId
    channel: Channel
    on: date
    seal: InitVar[_Seal]

    def __post_init__(self, seal: _Seal) -> None:
        """Refuse to exist without the rule."""
        _SEAL.require(seal)


def consent_obstacles(
    consents: Iterable[Consent], *, person_id: PersonId, channel: Channel, on: date
) -> tuple[Obstacle, ...]:
    """Say why the person may not use the channel on that day; empty means they may."""
    theirs = [c for c in consents if c.person_id == person_id and c.channel is channel]
    if not theirs:
        return (_obstacle(ConsentCode.missing, person_id, channel),)
    withdrawals = [c.withdrawn_on for c in theirs if c.withdrawn_on and c.withdrawn_on <= on]
    last_withdrawal = max(withdrawals, default=None)
    states = {_state(consent, on=on, last_withdrawal=last_withdrawal) for consent in theirs}
    if None in states:
        return ()
    # The most telling reason first: a withdrawal outranks an expiry, an expiry a later start.
    for code in (ConsentCode.withdrawn, ConsentCode.expired):
        if code in states:
            return (_obstacle(code, person_id, channel),)
    return (_obstacle(ConsentCode.not_yet_valid, person_id, channel),)


def consented(
    consents: Iterable[Consent], *, person_id: PersonId, channel: Channel, on: date
) -> ConsentedMentee:
    """Prove that consent holds.

    :raises ConsentMissingError: when it does not.
    """
    obstacles = consent_obstacles(consents, person_id=person_id, channel=channel, on=on)
    if obstacles:
        raise ConsentMissingError(*obstacles)
    return ConsentedMentee(person_id=person_id, channel=channel, on=on, seal=_SEAL)


def _state(consent: Consent, *, on: date, last_withdrawal: date | None) -> ConsentCode | None:
    withdrawn_itself = consent.withdrawn_on is not None and consent.withdrawn_on <= on
    if withdrawn_itself or (last_withdrawal is not None and consent.given_on < last_withdrawal):
        return ConsentCode.withdrawn
    if covers(starts_on=consent.given_on, ends_on=consent.expires_on, on=on):
        return None
    return ConsentCode.not_yet_valid if on < consent.given_on else ConsentCode.expired


def _obstacle(code: ConsentCode, person_id: PersonId, channel: Channel) -> Obstacle:
    remedy = _REMEDIES[code].format(way=_WAYS[channel])
    return Obstacle(code=code, about=str(person_id), remedy=remedy)
