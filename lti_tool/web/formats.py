"""Dates and minutes as people read them, in the time zone of their school."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Flask

from lti_tool.domain.presence import Basis
from lti_tool.domain.supervision import Verdict
from lti_tool.web.context import current_actor

NOON = 12
VERDICTS = {
    Verdict.supervised: "Supervised",
    Verdict.not_counted: "Not everybody was there",
    Verdict.unsupervised: "No staff present",
    Verdict.indeterminate: "Not clear",
}
BASES = {
    Basis.measured: "Measured by Meet",
    Basis.attested: "Staff said so at the time",
    Basis.corrected: "Corrected afterwards",
}


class MinuteLike(Protocol):
    """One minute of a ledger: the domain's own, or a read model of it."""

    @property
    def at(self) -> datetime:
        """Return the instant at which the minute begins."""
        ...

    @property
    def verdict(self) -> str:
        """Return what can be said about the minute."""
        ...

    @property
    def basis(self) -> str | None:
        """Return how it is known."""
        ...

    @property
    def counts(self) -> bool:
        """Tell whether it counts under the rules of the school."""
        ...


def install(app: Flask) -> None:
    """Make the formats available to every template."""
    app.jinja_env.filters.update(
        local_time=local_time,
        local_date=local_date,
        local_clock=local_clock,
        minute_runs=minute_runs,
        minute_kinds=minute_kinds,
        minute_summary=minute_summary,
    )


def local_time(value: datetime, zone: str | None = None) -> str:
    """Write an instant with its day of the week, as in Tue, Nov 24, 2026, 10:42 AM."""
    return f"{local_date(value, zone)}, {local_clock(value, zone)}"


def local_date(value: date, zone: str | None = None) -> str:
    """Write the day on which an instant falls at the school, or a plain day."""
    day = _local(value, zone) if isinstance(value, datetime) else value
    return f"{day:%a, %b} {day.day}, {day.year}"


def local_clock(value: datetime, zone: str | None = None) -> str:
    """Write the time of day at the school, as in 10:42 AM."""
    at = _local(value, zone)
    return f"{at.hour % NOON or NOON}:{at:%M} {'AM' if at.hour < NOON else 'PM'}"


def minute_runs(
    minutes: Iterable[MinuteLike], zone: str | None = None
) -> list[tuple[str, str, str, str, str]]:
    """Put equal minutes in a row together: from, to, how many, what is proven, how we know."""
    runs = []
    for (verdict, basis, counts), group in groupby(minutes, key=_kind):
        run = list(group)
        runs.append(
            (
                local_clock(run[0].at, zone),
                local_clock(run[-1].at, zone),
                str(len(run)),
                _proven(verdict, counts=counts),
                BASES[Basis(basis)] if basis else "—",
            )
        )
    return runs


def minute_summary(minutes: Sequence[MinuteLike]) -> str:
    """Say in one sentence what the minutes prove, and what they do not."""
    parts = [f"{sum(minute.counts for minute in minutes)} of {len(minutes)} minutes count."]
    for verdict, words in (
        (Verdict.indeterminate, "not clear"),
        (Verdict.unsupervised, "without staff"),
    ):
        found = sum(minute.verdict == verdict for minute in minutes)
        if found:
            parts.append(f"{found} {words}.")
    return " ".join(parts)


def minute_kinds(minutes: Iterable[MinuteLike]) -> list[tuple[str, str]]:
    """Return the verdicts that occur, each with its words, for the key to a strip."""
    found = {minute.verdict for minute in minutes}
    return [(verdict.value, words) for verdict, words in VERDICTS.items() if verdict in found]


def _kind(minute: MinuteLike) -> tuple[str, str | None, bool]:
    return minute.verdict, minute.basis, minute.counts


def _proven(verdict: str, *, counts: bool) -> str:
    text = VERDICTS[Verdict(verdict)]
    if verdict == Verdict.supervised and not counts:
        return f"{text}, but not counted by the rules of your school"
    return text


def _local(value: datetime, zone: str | None) -> datetime:
    actor = current_actor()
    return value.astimezone(ZoneInfo(zone or (actor.time_zone if actor else "UTC")))
