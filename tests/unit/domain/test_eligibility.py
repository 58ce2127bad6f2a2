"""An adult mentors only when cleared, trained and agreed on that day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lti_tool.domain.clearance import ClearanceCode
from lti_tool.domain.eligibility import (
    EligibleMentor,
    MentorFile,
    MentorNotEligibleError,
    eligible,
    mentor_obstacles,
)
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import UnprovenError
from lti_tool.domain.training import (
    Training,
    TrainingCode,
    TrainingInvalidError,
    agreement_obstacles,
    training_obstacles,
)
from tests.strategies.examples import (
    DAY,
    MENTORS,
    POLICY,
    YEAR_END,
    YEAR_START,
    agreed,
    bare_file,
    cleared,
    mentor_file,
    trained,
)

MENTOR, OTHER = MENTORS[:2]
FILE = mentor_file(MENTOR)
ONE_DAY = timedelta(days=1)


def codes(file: MentorFile, on: date = DAY, policy: Policy = POLICY) -> list[str]:
    found = mentor_obstacles(file, on=on, policy=policy)
    assert all(obstacle.remedy and obstacle.about == str(MENTOR) for obstacle in found)
    return [obstacle.code for obstacle in found]


def training_codes(*trainings: Training, on: date = DAY, policy: Policy = POLICY) -> list[str]:
    found = training_obstacles(trainings, person_id=MENTOR, on=on, policy=policy)
    return [obstacle.code for obstacle in found]


class TestMentor:
    def test_is_eligible_with_every_paper(self) -> None:
        proof = eligible(FILE, on=DAY, policy=POLICY)
        assert (proof.person_id, proof.on) == (MENTOR, DAY)

    def test_is_told_everything_that_is_missing_at_once(self) -> None:
        with pytest.raises(MentorNotEligibleError) as refused:
            eligible(bare_file(MENTOR), on=DAY, policy=POLICY)
        assert [obstacle.code for obstacle in refused.value.obstacles] == [
            ClearanceCode.missing,
            TrainingCode.training_missing,
            TrainingCode.agreement_missing,
        ]

    def test_is_judged_on_the_day_in_question(self) -> None:
        assert codes(FILE, on=YEAR_END) == [
            ClearanceCode.expired,
            TrainingCode.training_expired,
            TrainingCode.agreement_ended,
        ]
        assert codes(FILE, on=YEAR_START - ONE_DAY) == [
            ClearanceCode.not_yet_checked,
            TrainingCode.training_not_yet_valid,
            TrainingCode.agreement_not_yet_valid,
        ]

    def test_needs_what_policy_asks_for(self) -> None:
        lenient = Policy(agreement_required=False, training_modules_required=())
        assert codes(replace(FILE, trainings=(), agreement=None), policy=lenient) == []
        assert codes(bare_file(MENTOR), policy=lenient) == [ClearanceCode.missing]

    @pytest.mark.parametrize(
        "papers",
        [
            {"clearance": cleared(OTHER)},
            {"agreement": agreed(OTHER)},
            {"trainings": (trained(MENTOR), trained(OTHER))},
        ],
    )
    def test_cannot_use_the_papers_of_another(self, papers: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"^a mentor's file holds that mentor's papers only$"):
            replace(FILE, **papers)  # type: ignore[arg-type]

    def test_cannot_be_called_eligible_by_anyone_else(self) -> None:
        with pytest.raises(UnprovenError, match="mentor is eligible"):
            EligibleMentor(person_id=MENTOR, on=DAY, seal=object())  # type: ignore[arg-type]


class TestTraining:
    def test_must_cover_each_module(self) -> None:
        policy = Policy(training_modules_required=("role-and-supervision", "online-safety"))
        found = training_obstacles([trained(MENTOR)], person_id=MENTOR, on=DAY, policy=policy)
        assert [obstacle.code for obstacle in found] == [TrainingCode.training_missing]
        assert found[0].remedy == "Ask the mentor to complete the training on online safety."
        assert found[0].about == str(MENTOR)
        other = trained(MENTOR, module="online-safety")
        assert training_codes(trained(MENTOR), other, policy=policy) == []

    def test_of_another_person_does_not_count(self) -> None:
        assert training_codes(trained(OTHER)) == [TrainingCode.training_missing]

    def test_holds_from_its_day_until_the_day_before_it_expires(self) -> None:
        training = trained(MENTOR)
        assert training_codes(training, on=YEAR_START - ONE_DAY) == [
            TrainingCode.training_not_yet_valid
        ]
        assert training_codes(training, on=YEAR_START) == []
        assert training_codes(training, on=YEAR_END - ONE_DAY) == []
        assert training_codes(training, on=YEAR_END) == [TrainingCode.training_expired]

    def test_taken_again_holds_beside_the_expired_one(self) -> None:
        expired = trained(MENTOR, expires_on=DAY)
        assert training_codes(expired, trained(MENTOR, completed_on=DAY)) == []
        ahead = trained(MENTOR, completed_on=DAY + ONE_DAY)
        assert training_codes(expired, ahead) == [TrainingCode.training_expired]

    def test_must_end_after_it_starts(self) -> None:
        with pytest.raises(TrainingInvalidError, match=TrainingCode.ends_before_start) as refused:
            trained(MENTOR, expires_on=YEAR_START)
        assert refused.value.obstacles[0].about == str(MENTOR)
        assert refused.value.obstacles[0].remedy
        assert (
            training_codes(
                trained(MENTOR, expires_on=YEAR_START + ONE_DAY, completed_on=YEAR_START),
                on=YEAR_START,
            )
            == []
        )


class TestAgreement:
    def test_holds_from_its_signature_until_the_day_before_it_ends(self) -> None:
        def found(on: date) -> list[str]:
            obstacles = agreement_obstacles(agreed(MENTOR), person_id=MENTOR, on=on, policy=POLICY)
            assert all(o.remedy and o.about == str(MENTOR) for o in obstacles)
            return [obstacle.code for obstacle in obstacles]

        assert found(YEAR_START - ONE_DAY) == [TrainingCode.agreement_not_yet_valid]
        assert found(YEAR_START) == []
        assert found(YEAR_END - ONE_DAY) == []
        assert found(YEAR_END) == [TrainingCode.agreement_ended]

    def test_of_another_person_does_not_count(self) -> None:
        found = agreement_obstacles(agreed(OTHER), person_id=MENTOR, on=DAY, policy=POLICY)
        assert [obstacle.code for obstacle in found] == [TrainingCode.agreement_missing]

    def test_may_have_no_end(self) -> None:
        open_ended = agreed(MENTOR, ends_on=None)
        assert agreement_obstacles(open_ended, person_id=MENTOR, on=DAY, policy=POLICY) == ()

    def test_must_end_after_it_starts(self) -> None:
        with pytest.raises(TrainingInvalidError) as refused:
            agreed(MENTOR, ends_on=YEAR_START)
        assert refused.value.obstacles[0].about == str(MENTOR)
