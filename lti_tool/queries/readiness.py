"""What keeps pairings from being active: the facts of the rule, gathered for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.consent import Consent
from lti_tool.domain.eligibility import MentorFile
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.objectives import Objective
from lti_tool.domain.pairings import ActivePairing, activate, pairing_obstacles
from lti_tool.domain.policy import Policy
from lti_tool.queries import gates, objectives
from lti_tool.queries.pairings import PairingPeople


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the rule of activation looks at, as it is now."""

    files: Mapping[PersonId, MentorFile]
    consents: tuple[Consent, ...]
    objectives: Mapping[UUID, Sequence[Objective]]

    def obstacles(
        self, pairing: PairingPeople, *, on: date, policy: Policy
    ) -> tuple[Obstacle, ...]:
        """List what keeps the pairing from being active on that day."""
        return pairing_obstacles(
            format=pairing.format,
            is_e_mentoring=pairing.is_e_mentoring,
            mentors=self._files(pairing),
            mentees=[PersonId(person) for person in pairing.mentee_ids],
            consents=self.consents,
            objectives=self.objectives.get(pairing.id, ()),
            channels=pairing.channels,
            on=on,
            policy=policy,
            virtual_start_approved=pairing.is_virtual_start_approved,
        )

    def activate(self, pairing: PairingPeople, *, on: date, policy: Policy) -> ActivePairing:
        """Prove that the pairing may be active from that day.

        :raises PairingNotReadyError: with every obstacle
        """
        return activate(
            format=pairing.format,
            is_e_mentoring=pairing.is_e_mentoring,
            mentors=self._files(pairing),
            mentees=[PersonId(person) for person in pairing.mentee_ids],
            consents=self.consents,
            objectives=self.objectives.get(pairing.id, ()),
            channels=pairing.channels,
            on=on,
            policy=policy,
            virtual_start_approved=pairing.is_virtual_start_approved,
        )

    def _files(self, pairing: PairingPeople) -> list[MentorFile]:
        return [self.files[PersonId(person)] for person in pairing.mentor_ids]


def facts(session: Session, organization_id: UUID, pairings: Sequence[PairingPeople]) -> Facts:
    """Gather the facts of these pairings; five statements, however many they are."""
    mentors = {person for pairing in pairings for person in pairing.mentor_ids}
    everybody = {person for pairing in pairings for person in pairing.person_ids}
    return Facts(
        files=gates.mentor_files(session, organization_id, mentors),
        consents=gates.consents(session, organization_id, everybody),
        objectives=objectives.for_rules(session, organization_id, [p.id for p in pairings]),
    )
