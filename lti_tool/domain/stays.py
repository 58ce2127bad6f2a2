"""All stays of one meeting, asked by capacity, basis and person.

Here it is decided where an open stay ends and which presence of staff is sure: a supervisor who
was in another call at the same time was surely in neither, and nobody supervises a meeting that
they take part in as mentor or mentee.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.ids import PersonId
from lti_tool.domain.presence import Basis, Interval, Kind
from lti_tool.domain.spans import Span, Spans, covers_whole, difference, intersection, union

_NEEDED = (Kind.supervisor, Kind.mentor, Kind.mentee)
ANY_BASIS = frozenset(Basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An interval with its end decided, and the part of it that is sure."""

    interval: Interval
    span: Span
    sure: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """Who was in the meeting and when; made by `settle`."""

    stays: tuple[Stay, ...]

    @property
    def all_spans(self) -> Spans:
        """Return every stay as a span."""
        return tuple(stay.span for stay in self.stays)

    @property
    def together(self) -> Spans:
        """Return when a mentor and a mentee were both present."""
        return intersection(self.present(Kind.mentor), self.present(Kind.mentee))

    @property
    def mentees(self) -> tuple[PersonId, ...]:
        """Return each mentee who was there at all, in a stable order."""
        found = (s.interval.person_id for s in self.stays if s.interval.kind is Kind.mentee)
        return tuple(sorted({person_id for person_id in found if person_id is not None}))

    def present(self, kind: Kind) -> Spans:
        """Return when anybody of that kind was seen."""
        return union(stay.span for stay in self.stays if stay.interval.kind is kind)

    def sure(
        self,
        kind: Kind,
        *,
        bases: frozenset[Basis],
        person_id: PersonId | None = None,
        known_ends: bool = False,
    ) -> Spans:
        """Return when somebody of that kind was surely present, on these bases."""
        return union(
            span
            for stay in self.stays
            if stay.interval.kind is kind
            and stay.interval.basis in bases
            and (person_id is None or stay.interval.person_id == person_id)
            and not (known_ends and stay.interval.is_open_ended)
            for span in stay.sure
        )

    def all_seen(self, start: datetime, end: datetime) -> bool:
        """Say whether all three kinds were seen throughout, surely or not."""
        return all(covers_whole(self.present(kind), start, end) for kind in _NEEDED)

    def all_sure(
        self, start: datetime, end: datetime, *, bases: frozenset[Basis], known_ends: bool = False
    ) -> bool:
        """Say whether all three kinds were surely there throughout, on these bases."""
        return all(
            covers_whole(self.sure(kind, bases=bases, known_ends=known_ends), start, end)
            for kind in _NEEDED
        )


def settle(
    intervals: Sequence[Interval],
    *,
    elsewhere: Iterable[Interval],
    ends_at: datetime,
    as_of: datetime | None,
) -> Stays:
    """Decide where stays end and how much of them is sure.

    `elsewhere` holds the stays of the same staff in other calls. An open stay reaches to `as_of`,
    or without it to the end of all that is known.
    """
    horizon = as_of or max([ends_at, *(i.left_at or i.joined_at for i in intervals)])
    took_part = {i.person_id for i in intervals if i.kind in {Kind.mentor, Kind.mentee}}
    away = _by_person(elsewhere, horizon)
    stays = []
    for interval in intervals:
        if interval.kind is Kind.supervisor and interval.person_id in took_part:
            continue
        span = _span(interval, horizon)
        sure = union([span])
        if interval.kind is Kind.supervisor:
            sure = difference(sure, away.get(interval.person_id, ()))
        stays.append(Stay(interval=interval, span=span, sure=sure))
    return Stays(stays=tuple(stays))


def _by_person(intervals: Iterable[Interval], horizon: datetime) -> Mapping[PersonId | None, Spans]:
    found: dict[PersonId | None, list[Span]] = {}
    for interval in intervals:
        found.setdefault(interval.person_id, []).append(_span(interval, horizon))
    return {person_id: union(spans) for person_id, spans in found.items()}


def _span(interval: Interval, horizon: datetime) -> Span:
    end = horizon if interval.left_at is None else min(interval.left_at, horizon)
    return (interval.joined_at, end)
