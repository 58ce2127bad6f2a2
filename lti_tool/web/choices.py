"""Choices of a select or radio field, in the form that WTForms asks for since 3.3."""

from collections.abc import Iterable
from typing import Any

from wtforms import SelectChoice  # type: ignore[attr-defined]  # newer than the type stubs


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Return (value, label) pairs as choices; bare pairs are deprecated there."""
    return [SelectChoice(value, label) for value, label in pairs]
