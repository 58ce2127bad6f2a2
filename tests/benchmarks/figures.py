"""A figure with what stands beside it, and the table and file that hold them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value; `beside` is the floor or peer of the same run, `ratio` value/beside."""

    name: str
    value: float
    unit: str
    beside: float | None = None
    ratio: float | None = None
    goal: str = ""


def beside(name: str, value: float, other: float, *, unit: str, goal: str) -> Figure:
    """Return a figure with its floor or peer and the ratio of the two."""
    return Figure(
        name=name,
        value=round(value, 3),
        unit=unit,
        beside=round(other, 3),
        ratio=round(value / other, 3) if other else None,
        goal=goal,
    )


def write(figures: Sequence[Figure], file: Path) -> None:
    """Write the figures as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for people."""
    lines = [f"{'figure':<36}{'value':>12} {'unit':<14}{'beside':>12}{'ratio':>9}  goal"]
    lines += [
        f"{f.name:<36}{f.value:>12g} {f.unit:<14}"
        f"{'' if f.beside is None else format(f.beside, 'g'):>12}"
        f"{'' if f.ratio is None else format(f.ratio, 'g'):>9}  {f.goal}"
        for f in figures
    ]
    return "\n".join(lines)
