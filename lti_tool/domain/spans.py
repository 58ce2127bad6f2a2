"""Stretches of time as half-open pairs of instants: union, intersection and difference."""

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]
Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """Merge spans that touch or overlap; empty ones vanish."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersection(first: Spans, second: Spans) -> Spans:
    """Keep what lies in both; each side is a union already."""
    return union(
        (max(a_start, b_start), min(a_end, b_end))
        for a_start, a_end in first
        for b_start, b_end in second
    )


def difference(first: Spans, second: Spans) -> Spans:
    """Keep what lies in the first and not in the second; each side is a union already."""
    kept = []
    for start, end in first:
        cursor = start
        for other_start, other_end in second:
            if other_end <= cursor or other_start >= end:
                continue
            kept.append((cursor, other_start))
            cursor = other_end
        kept.append((cursor, end))
    return union(kept)


def covers_whole(spans: Spans, start: datetime, end: datetime) -> bool:
    """Say whether one unbroken span holds everything from start to end."""
    return any(a <= start and end <= b for a, b in spans)


def touches(spans: Spans, start: datetime, end: datetime) -> bool:
    """Say whether any instant from start to end lies in a span."""
    return any(a < end and start < b for a, b in spans)
