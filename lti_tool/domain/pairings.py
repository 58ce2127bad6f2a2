"""Pairings: mentors and mentees together in a format, active only when every gate is green.

A pairing may be proposed early, but contact stays closed until each mentor is eligible, each
family has consented to each channel, an objective is agreed and the ratio holds (guide R5, R6,
R20 to R25). Peer mentors are students: they need consent, not clearance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum

from lti_tool.domain.consent import Channel, Consent, consent_obstacles
from lti_tool.domain.eligibility import MentorFile, mentor_obstacles
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.formats import Format, format_obstacles
from lti_tool.domain.ids import PersonId
from lti_tool.domain.objectives import Objective, objective_obstacles
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import Seal


class PairingStatus(StrEnum):
    """Where a pairing stands."""

    proposed = "proposed"
    active = "active"
    on_hold = "on-hold"
    ended = "ended"


class PairingCode(StrEnum):
    """Why a pairing cannot be active, beyond the gates of its people."""

    no_channel = "no-channel"
    channel_not_approved = "channel-not-approved"
    virtual_start_not_approved = "virtual-start-not-approved"
    e_mentoring_without_virtual_channel = "e-mentoring-without-a-virtual-channel"
    named_twice = "person-named-twice"


_REMEDIES = {
    PairingCode.no_channel: "Choose how the pairing will meet.",
    PairingCode.channel_not_approved: "Choose a channel that the organization approved.",
    PairingCode.virtual_start_not_approved: "Meet in person first, or ask the coordinator.",
    PairingCode.e_mentoring_without_virtual_channel: "Add the channel used for e-mentoring.",
    PairingCode.named_twice: "Name each person once.",
}


class PairingNotReadyError(DomainError):
    """The pairing cannot become active yet."""


class _Seal(Seal):
    """Held by `activate` alone."""


_SEAL = _Seal("this pairing may be active from this day")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivePairing:
    """Proof that a pairing may be active from a day; made by `activate` only."""

    format: Format
    is_e_mentoring: bool
    mentors: tuple[PersonId, ...]
    mentees: tuple[PersonId, ...]
    channels: tuple[Channel, ...]
    on: date
    seal: InitVar[_Seal]

    def __post_init__(self, seal: _Seal) -> None:
        """Refuse to exist without the rule."""
        _SEAL.require(seal)


def people_obstacles(
    *,
    format: Format,  # noqa: A002  the product's own word, and always passed by name
    mentors: Iterable[MentorFile],
    mentees: Iterable[PersonId],
    consents: Sequence[Consent],
    channel: Channel,
    on: date,
    policy: Policy,
) -> tuple[Obstacle, ...]:
    """List what each person lacks on that day for that channel."""
    found: list[Obstacle] = []
    consenting = list(mentees)
    for file in mentors:
        if format is Format.peer:
            consenting.append(file.person_id)
        else:
            found.extend(mentor_obstacles(file, on=on, policy=policy))
    for person_id in consenting:
        found.extend(consent_obstacles(consents, person_id=person_id, channel=channel, on=on))
    return tuple(found)


def pairing_obstacles(
    *,
    format: Format,  # noqa: A002  the product's own word, and always passed by name
    is_e_mentoring: bool,
    mentors: Sequence[MentorFile],
    mentees: Sequence[PersonId],
    consents: Sequence[Consent],
    objectives: Sequence[Objective],
    channels: Sequence[Channel],
    on: date,
    policy: Policy,
    virtual_start_approved: bool = False,
) -> tuple[Obstacle, ...]:
    """List everything that keeps the pairing from being active on that day."""
    found = [
        *format_obstacles(format, mentors=len(mentors), mentees=len(mentees), policy=policy),
        *_named_twice([*(file.person_id for file in mentors), *mentees]),
        *objective_obstacles(objectives, on=on),
        *_channel_obstacles(channels, is_e_mentoring=is_e_mentoring, policy=policy),
    ]
    starts_virtually = bool(channels) and all(channel.is_virtual for channel in channels)
    if starts_virtually and policy.virtual_start_needs_approval and not virtual_start_approved:
        found.append(_obstacle(PairingCode.virtual_start_not_approved))
    for channel in channels:
        found.extend(
            people_obstacles(
                format=format,
                mentors=mentors,
                mentees=mentees,
                consents=consents,
                channel=channel,
                on=on,
                policy=policy,
            )
        )
    # A mentor's own obstacles are the same for every channel; say each once.
    return tuple(dict.fromkeys(found))


def activate(
    *,
    format: Format,  # noqa: A002  the product's own word, and always passed by name
    is_e_mentoring: bool,
    mentors: Sequence[MentorFile],
    mentees: Sequence[PersonId],
    consents: Sequence[Consent],
    objectives: Sequence[Objective],
    channels: Sequence[Channel],
    on: date,
    policy: Policy,
    virtual_start_approved: bool = False,
) -> ActivePairing:
    """Prove that the pairing may be active from that day.

    :raises PairingNotReadyError: with every obstacle.
    """
    obstacles = pairing_obstacles(
        format=format,
        is_e_mentoring=is_e_mentoring,
        mentors=mentors,
        mentees=mentees,
        consents=consents,
        objectives=objectives,
        channels=channels,
        on=on,
        policy=policy,
        virtual_start_approved=virtual_start_approved,
    )
    if obstacles:
        raise PairingNotReadyError(*obstacles)
    return ActivePairing(
        format=format,
        is_e_mentoring=is_e_mentoring,
        mentors=tuple(file.person_id for file in mentors),
        mentees=tuple(mentees),
        channels=tuple(channels),
        on=on,
        seal=_SEAL,
    )


def _channel_obstacles(
    channels: Sequence[Channel], *, is_e_mentoring: bool, policy: Policy
) -> list[Obstacle]:
    found = []
    if not channels:
        found.append(_obstacle(PairingCode.no_channel))
    found.extend(
        _obstacle(PairingCode.channel_not_approved, channel)
        for channel in channels
        if channel not in policy.channels
    )
    if is_e_mentoring and not any(channel.is_virtual for channel in channels):
        found.append(_obstacle(PairingCode.e_mentoring_without_virtual_channel))
    return found


def _named_twice(people: Sequence[PersonId]) -> list[Obstacle]:
    repeated = dict.fromkeys(person for person in people if people.count(person) > 1)
    return [_obstacle(PairingCode.named_twice, str(person)) for person in repeated]


def _obstacle(code: PairingCode, about: str = "") -> Obstacle:
    return Obstacle(code=code, about=about, remedy=_REMEDIES[code])
