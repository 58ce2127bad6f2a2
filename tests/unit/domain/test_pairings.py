"""A pairing becomes active only when every gate is green."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.clearance import ClearanceCode
from lti_tool.domain.consent import Channel, Consent, ConsentCode
from lti_tool.domain.eligibility import MentorFile, mentor_obstacles
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.formats import Format, FormatCode
from lti_tool.domain.ids import ObjectiveId, PersonId
from lti_tool.domain.objectives import (
    TEXT_MAX,
    TEXT_MIN,
    Objective,
    ObjectiveCode,
    ObjectiveInvalidError,
    objective_obstacles,
    text_obstacles,
)
from lti_tool.domain.pairings import (
    ActivePairing,
    PairingCode,
    PairingNotReadyError,
    activate,
    pairing_obstacles,
)
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import UnprovenError
from tests.strategies.domain import fitting_numbers
from tests.strategies.examples import (
    DAY,
    MENTEES,
    MENTORS,
    POLICY,
    YEAR_START,
    bare_file,
    consent,
    mentor_file,
    person,
)

T = TypeVar("T")
BOTH = (Channel.in_person, Channel.video)
OBJECTIVE = Objective(
    id=ObjectiveId(person(900)), text="Explain what an electrician does.", agreed_on=YEAR_START
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    format: Format = Format.traditional
    is_e_mentoring: bool = False
    mentors: tuple[MentorFile, ...] = (mentor_file(MENTORS[0]),)
    mentees: tuple[PersonId, ...] = MENTEES[:1]
    consents: tuple[Consent, ...] = tuple(consent(MENTEES[0], channel=c) for c in BOTH)
    objectives: tuple[Objective, ...] = (OBJECTIVE,)
    channels: tuple[Channel, ...] = BOTH
    virtual_start_approved: bool = False

    def ask(self, question: Callable[..., T], policy: Policy = POLICY, on: date = DAY) -> T:
        return question(
            format=self.format,
            is_e_mentoring=self.is_e_mentoring,
            mentors=self.mentors,
            mentees=self.mentees,
            consents=self.consents,
            objectives=self.objectives,
            channels=self.channels,
            virtual_start_approved=self.virtual_start_approved,
            on=on,
            policy=policy,
        )

    def obstacles(self, policy: Policy = POLICY) -> tuple[Obstacle, ...]:
        found = self.ask(pairing_obstacles, policy)
        assert all(obstacle.remedy for obstacle in found)
        # Whoever asks also tries: proof and obstacles must never disagree.
        if found:
            with pytest.raises(PairingNotReadyError) as refused:
                self.ask(activate, policy)
            assert refused.value.obstacles == found
        else:
            assert self.ask(activate, policy).mentees == self.mentees
        return found

    def codes(self, policy: Policy = POLICY) -> list[str]:
        return [obstacle.code for obstacle in self.obstacles(policy)]


READY = Proposal()


class TestPairing:
    def test_is_active_when_every_gate_is_green(self) -> None:
        assert READY.obstacles() == ()
        proof = READY.ask(activate)
        assert proof.format is Format.traditional
        assert proof.is_e_mentoring is False
        assert proof.mentors == MENTORS[:1]
        assert proof.mentees == MENTEES[:1]
        assert proof.channels == BOTH
        assert proof.on == DAY

    def test_e_mentoring_is_kept_with_the_proof(self) -> None:
        assert replace(READY, is_e_mentoring=True).ask(activate).is_e_mentoring is True

    def test_cannot_be_called_active_by_anyone_else(self) -> None:
        with pytest.raises(UnprovenError, match="pairing may be active"):
            ActivePairing(
                format=Format.traditional,
                is_e_mentoring=False,
                mentors=MENTORS[:1],
                mentees=MENTEES[:1],
                channels=BOTH,
                on=DAY,
                seal=object(),  # type: ignore[arg-type]
            )

    def test_lists_every_obstacle_at_once(self) -> None:
        nothing = Proposal(
            mentors=(bare_file(MENTORS[0]),),
            mentees=MENTEES[:2],
            consents=(),
            objectives=(),
            channels=(Channel.in_person,),
            is_e_mentoring=True,
        )
        assert nothing.codes() == [
            FormatCode.too_many_mentees,
            ObjectiveCode.none_agreed,
            PairingCode.e_mentoring_without_virtual_channel,
            *(o.code for o in mentor_obstacles(nothing.mentors[0], on=DAY, policy=POLICY)),
            ConsentCode.missing,
            ConsentCode.missing,
        ]
        assert [o.about for o in nothing.obstacles()[-2:]] == [str(m) for m in MENTEES[:2]]

    def test_says_a_mentors_obstacle_once_for_all_channels(self) -> None:
        unready = replace(READY, mentors=(bare_file(MENTORS[0]),))
        assert unready.codes().count(ClearanceCode.missing) == 1

    def test_needs_consent_for_each_channel(self) -> None:
        in_person_only = replace(READY, consents=READY.consents[:1])
        (obstacle,) = in_person_only.obstacles()
        assert obstacle.code is ConsentCode.missing
        assert "meet by video call" in obstacle.remedy

    def test_needs_a_channel(self) -> None:
        assert replace(READY, channels=()).codes() == [PairingCode.no_channel]

    def test_needs_approved_channels(self) -> None:
        by_phone = replace(
            READY,
            channels=(Channel.in_person, Channel.phone),
            consents=(*READY.consents, consent(MENTEES[0], channel=Channel.phone)),
        )
        (obstacle,) = by_phone.obstacles()
        assert (obstacle.code, obstacle.about) == (
            PairingCode.channel_not_approved,
            Channel.phone,
        )

    def test_starts_virtually_only_when_approved(self) -> None:
        virtual = replace(READY, channels=(Channel.video,))
        assert virtual.codes() == [PairingCode.virtual_start_not_approved]
        assert replace(virtual, virtual_start_approved=True).codes() == []
        assert virtual.codes(Policy(virtual_start_needs_approval=False)) == []

    def test_is_not_approved_to_start_virtually_unless_somebody_says_so(self) -> None:
        video_only = {
            "format": Format.traditional,
            "is_e_mentoring": False,
            "mentors": READY.mentors,
            "mentees": READY.mentees,
            "consents": READY.consents,
            "objectives": READY.objectives,
            "channels": (Channel.video,),
            "on": DAY,
            "policy": POLICY,
        }
        questions: tuple[Callable[..., object], ...] = (pairing_obstacles, activate)
        assert questions[0](**video_only)
        with pytest.raises(PairingNotReadyError, match=PairingCode.virtual_start_not_approved):
            questions[1](**video_only)

    def test_names_nobody_where_the_obstacle_is_nobodys(self) -> None:
        (obstacle,) = replace(READY, channels=()).obstacles()
        assert obstacle.about == ""

    def test_in_e_mentoring_needs_a_virtual_channel(self) -> None:
        in_person = replace(READY, channels=(Channel.in_person,), is_e_mentoring=True)
        assert in_person.codes() == [PairingCode.e_mentoring_without_virtual_channel]
        assert replace(in_person, channels=BOTH).codes() == []

    def test_names_each_person_once(self) -> None:
        doubled = replace(
            READY, format=Format.small_group, mentees=(MENTEES[0], MENTEES[0], MENTORS[0])
        )
        named = [o.about for o in doubled.obstacles() if o.code is PairingCode.named_twice]
        assert named == [str(MENTORS[0]), str(MENTEES[0])]

    def test_of_peers_asks_for_consent_and_not_for_clearance(self) -> None:
        peers = replace(READY, format=Format.peer, mentors=(bare_file(MENTORS[0]),))
        missing = [(o.code, o.about) for o in peers.obstacles()]
        assert missing == [(ConsentCode.missing, str(MENTORS[0]))] * 2
        given_ = tuple(consent(MENTORS[0], channel=channel) for channel in BOTH)
        assert replace(peers, consents=(*READY.consents, *given_)).codes() == []

    def test_is_judged_on_the_day_in_question(self) -> None:
        before = READY.ask(pairing_obstacles, POLICY, YEAR_START - timedelta(days=1))
        assert {ObjectiveCode.none_agreed, ClearanceCode.not_yet_checked} <= {
            obstacle.code for obstacle in before
        }

    @given(fitting_numbers())
    def test_in_any_format_that_fits_is_active(self, numbers: tuple[Format, int, int]) -> None:
        chosen, mentors, mentees = numbers
        is_peer = chosen is Format.peer
        everyone = (*MENTEES[:mentees], *MENTORS[:mentors])
        proposal = replace(
            READY,
            format=chosen,
            mentors=tuple((bare_file if is_peer else mentor_file)(p) for p in MENTORS[:mentors]),
            mentees=MENTEES[:mentees],
            consents=tuple(consent(p, channel=c) for p in everyone for c in BOTH),
        )
        assert proposal.obstacles() == ()

    @given(st.sampled_from(["mentors", "mentees", "consents", "objectives", "channels"]))
    def test_without_any_one_thing_is_not_active(self, left_out: str) -> None:
        assert replace(READY, **{left_out: ()}).obstacles()  # type: ignore[arg-type]


class TestObjective:
    def test_counts_from_the_day_it_is_agreed(self) -> None:
        assert objective_obstacles([OBJECTIVE], on=YEAR_START) == ()
        before = YEAR_START - timedelta(days=1)
        assert [o.code for o in objective_obstacles([OBJECTIVE], on=before)] == [
            ObjectiveCode.none_agreed
        ]

    def test_does_not_count_until_agreed(self) -> None:
        proposed = replace(OBJECTIVE, agreed_on=None)
        assert objective_obstacles([proposed], on=DAY)
        assert objective_obstacles([proposed, OBJECTIVE], on=DAY) == ()

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("x" * (TEXT_MIN - 1), [ObjectiveCode.too_short]),
            (" " * TEXT_MIN, [ObjectiveCode.too_short]),
            ("x" * TEXT_MIN, []),
            (" " + "x" * TEXT_MAX + " ", []),
            ("x" * (TEXT_MAX + 1), [ObjectiveCode.too_long]),
        ],
    )
    def test_says_neither_too_little_nor_too_much(self, text: str, codes: list[str]) -> None:
        found = text_obstacles(text)
        assert [obstacle.code for obstacle in found] == codes
        assert all(obstacle.remedy for obstacle in found)
        if codes:
            with pytest.raises(ObjectiveInvalidError):
                replace(OBJECTIVE, text=text)
        else:
            assert replace(OBJECTIVE, text=text).text == text
