"""Only proven minutes count (S4): the supervised-minute ledger.

A minute counts when a supervisor, a mentor and a mentee were all present for the whole of it, on
bases that the organization counts. A mentor and a mentee together without staff, even for an
instant, make the minute unsupervised. Unknown, anonymous and phone joiners and missing data make
it indeterminate: never counted, never called fine; so does a supervisor who was in another call
at the same time. Parallel stays of one person are one presence. The ledger follows from its
intervals alone, in any order, so it can be recomputed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.policy import Policy
from lti_tool.domain.presence import Basis, Interval, Kind
from lti_tool.domain.spans import Span, Spans, covers_whole, difference, touches, union
from lti_tool.domain.stays import ANY_BASIS, Stays, settle

__all__ = [
    "Basis",
    "CorrectionCode",
    "CorrectionNotAllowedError",
    "Gap",
    "Interval",
    "Kind",
    "Ledger",
    "Minute",
    "Verdict",
    "corrected",
    "correction_obstacles",
    "ledger",
]

_MINUTE = timedelta(minutes=1)


class Verdict(StrEnum):
    """What can be said about one minute."""

    supervised = "supervised"
    not_counted = "not-counted"
    unsupervised = "unsupervised"
    indeterminate = "indeterminate"


class CorrectionCode(StrEnum):
    """Why presence may not be added afterwards."""

    needs_second = "correction-needs-a-second-staff-member"
    second_is_first = "correction-seconded-by-the-same-person"


class CorrectionNotAllowedError(DomainError):
    """Presence added afterwards lacks its second staff member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """One whole minute in UTC; `basis` is the weakest one it rests on, where it is supervised."""

    at: datetime
    verdict: Verdict
    basis: Basis | None
    present: frozenset[Kind]
    counts: bool
    rests_on_unknown_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which a mentor and a mentee were together without staff, to the instant."""

    start: datetime
    end: datetime
    beyond_grace: bool

    @property
    def length(self) -> timedelta:
        """Return how long the gap lasted."""
        return self.end - self.start

    @property
    def length_minutes(self) -> int:
        """Return the length in minutes, a begun minute being one."""
        return -(-self.length // _MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is proven about one meeting, and the intervals that prove it."""

    starts_at: datetime
    ends_at: datetime
    data_complete: bool
    intervals: tuple[Interval, ...]
    elsewhere: tuple[Interval, ...]
    minutes: tuple[Minute, ...]
    gaps: tuple[Gap, ...]
    per_mentee: Mapping[PersonId, int]

    @property
    def counted_minutes(self) -> int:
        """Count the minutes that count."""
        return sum(minute.counts for minute in self.minutes)

    @property
    def indeterminate_minutes(self) -> int:
        """Count the minutes about which nothing can be said."""
        return sum(minute.verdict is Verdict.indeterminate for minute in self.minutes)

    @property
    def has_unknown_ends(self) -> bool:
        """Say whether a stay was still open or its end was never told."""
        return any(interval.is_open_ended for interval in self.intervals)

    def digest(self) -> str:
        """Return the sha256 of all ids, times and verdicts in one canonical form."""
        content = {
            "starts_at": _stamp(self.starts_at),
            "ends_at": _stamp(self.ends_at),
            "data_complete": self.data_complete,
            "intervals": [_canonical(interval) for interval in self.intervals],
            "elsewhere": [_canonical(interval) for interval in self.elsewhere],
            "minutes": [
                [_stamp(minute.at), minute.verdict, minute.basis, minute.counts]
                for minute in self.minutes
            ],
            "gaps": [[_stamp(gap.start), _stamp(gap.end), gap.beyond_grace] for gap in self.gaps],
            "per_mentee": {str(person): count for person, count in self.per_mentee.items()},
        }
        written = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()


def ledger(
    intervals: Iterable[Interval],
    *,
    starts_at: datetime,
    ends_at: datetime,
    data_complete: bool,
    policy: Policy,
    grace: timedelta | None = None,
    as_of: datetime | None = None,
    elsewhere: Iterable[Interval] = (),
) -> Ledger:
    """Compute the ledger of one meeting from all stays in all of its calls.

    `as_of` is the present moment of a live meeting: nothing after it is claimed, and whoever is
    still in was in until then. Without it, an open stay reaches to the end of all that is known.
    `elsewhere` holds the stays of the same staff in other calls, for supervision in the call;
    leave it empty where one staff member oversees several calls in the room.

    :raises ValueError: when a time is naive.
    """
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise ValueError("a ledger needs aware times")
    here = tuple(sorted(set(intervals), key=_canonical))
    away = tuple(sorted(set(elsewhere), key=_canonical))
    stays = settle(here, elsewhere=away, ends_at=ends_at, as_of=as_of)
    alone = difference(stays.together, stays.present(Kind.supervisor))
    grid = _grid([(starts_at, ends_at), *stays.all_spans], as_of)
    minutes = tuple(_minute(at, stays, alone, policy, data_complete=data_complete) for at in grid)
    counted = [minute.at for minute in minutes if minute.counts]
    allowed = timedelta(minutes=policy.grace_minutes) if grace is None else grace
    return Ledger(
        starts_at=starts_at,
        ends_at=ends_at,
        data_complete=data_complete,
        intervals=here,
        elsewhere=away,
        minutes=minutes,
        gaps=tuple(
            Gap(start=start, end=end, beyond_grace=end - start > allowed) for start, end in alone
        ),
        per_mentee=_per_mentee(stays, counted, policy),
    )


def correction_obstacles(
    *, added_by: PersonId, seconded_by: PersonId | None
) -> tuple[Obstacle, ...]:
    """Ask for a second staff member behind every minute added afterwards."""
    if seconded_by is None:
        remedy = "Ask a second staff member to confirm."
        return (Obstacle(code=CorrectionCode.needs_second, about=str(added_by), remedy=remedy),)
    if seconded_by == added_by:
        remedy = "Ask somebody else to confirm."
        return (Obstacle(code=CorrectionCode.second_is_first, about=str(added_by), remedy=remedy),)
    return ()


def corrected(
    *,
    person_id: PersonId,
    kind: Kind,
    joined_at: datetime,
    left_at: datetime,
    added_by: PersonId,
    seconded_by: PersonId | None,
) -> Interval:
    """Add a stay afterwards, on the word of two staff members.

    :raises CorrectionNotAllowedError: when the second one is missing or the same person.
    """
    obstacles = correction_obstacles(added_by=added_by, seconded_by=seconded_by)
    if obstacles:
        raise CorrectionNotAllowedError(*obstacles)
    return Interval(
        person_id=person_id,
        kind=kind,
        basis=Basis.corrected,
        joined_at=joined_at,
        left_at=left_at,
    )


def _grid(spans: Iterable[Span], as_of: datetime | None) -> list[datetime]:
    """List the minutes touched by the meeting or a stay, in order and each once."""
    grid: set[datetime] = set()
    for start, end in union(spans):
        at = start.astimezone(UTC).replace(second=0, microsecond=0)
        while at < end and (as_of is None or at + _MINUTE <= as_of):
            grid.add(at)
            at += _MINUTE
    return sorted(grid)


def _minute(
    at: datetime, stays: Stays, alone: Spans, policy: Policy, *, data_complete: bool
) -> Minute:
    end = at + _MINUTE
    present = frozenset(kind for kind in Kind if touches(stays.present(kind), at, end))
    basis, is_on_counting_bases = _basis(at, stays, policy)
    unsure = basis is None and stays.all_seen(at, end)
    if touches(alone, at, end):
        verdict = Verdict.unsupervised
    elif Kind.unknown in present or unsure or not data_complete:
        verdict = Verdict.indeterminate
    else:
        verdict = Verdict.not_counted if basis is None else Verdict.supervised
    supervised = verdict is Verdict.supervised
    counts = supervised and is_on_counting_bases
    bases = policy.counting_bases if counts else ANY_BASIS
    return Minute(
        at=at,
        verdict=verdict,
        basis=basis if supervised else None,
        present=present,
        counts=counts,
        rests_on_unknown_end=supervised
        and not stays.all_sure(at, end, bases=bases, known_ends=True),
    )


def _basis(at: datetime, stays: Stays, policy: Policy) -> tuple[Basis | None, bool]:
    """Return the weakest basis the minute needs, and whether bases that count suffice for it.

    The bases that count are tried by themselves first: a minute that rests on one that does not
    count does not count, even when its weakest basis would.
    """
    strongest_first = list(Basis)
    for allowed, is_counting in ((policy.counting_bases, True), (ANY_BASIS, False)):
        for position, basis in enumerate(strongest_first, start=1):
            usable = allowed & frozenset(strongest_first[:position])
            if stays.all_sure(at, at + _MINUTE, bases=usable):
                return basis, is_counting
    return None, False


def _per_mentee(stays: Stays, counted: Sequence[datetime], policy: Policy) -> dict[PersonId, int]:
    """Count for each mentee the counted minutes in which they were there throughout."""
    result = {}
    for person_id in stays.mentees:
        theirs = stays.sure(Kind.mentee, bases=policy.counting_bases, person_id=person_id)
        result[person_id] = sum(covers_whole(theirs, at, at + _MINUTE) for at in counted)
    return result


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _canonical(interval: Interval) -> tuple[str, ...]:
    return (
        _stamp(interval.joined_at),
        "" if interval.left_at is None else _stamp(interval.left_at),
        "" if interval.person_id is None else str(interval.person_id),
        interval.kind,
        interval.basis,
        str(interval.end_is_known),
    )
