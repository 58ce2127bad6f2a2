"""Keeping the promise of a fresh roster: one page for each promise."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from lti_tool.ports.lms import RosterPage, Rosters
from lti_tool.services import roster
from lti_tool.services.course import ROSTER
from lti_tool.services.outbox import Claim
from lti_tool.services.roster import PageToFetch
from tasks.keepers import Keeper


class RosterPorts(Protocol):
    """The part of the workshop's ports that rosters need."""

    @property
    def rosters(self) -> Rosters:
        """Return the roster service."""
        ...


def _prepare(session: Session, claim: Claim, now: datetime) -> PageToFetch | None:
    return roster.roster_page_to_fetch(
        session, organization_id=claim.organization_id, course_id=claim.key
    )


def _perform(ports: RosterPorts, work: PageToFetch) -> RosterPage:
    return ports.rosters.page(work.platform, work.url)


def _record(
    session: Session, claim: Claim, work: PageToFetch, page: RosterPage, now: datetime
) -> None:
    roster.roster_page_fetched(session, work, page, organization_id=claim.organization_id, now=now)


KEEPERS: tuple[Keeper[RosterPorts, PageToFetch, RosterPage], ...] = (
    Keeper(topic=ROSTER, prepare=_prepare, perform=_perform, record=_record),
)
