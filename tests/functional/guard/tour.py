"""One walk of one person through every page, to be looked at from several sides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from flask import template_rendered
from jinja2 import Template
from werkzeug.test import TestResponse

from lti_tool.db import Base
from tests.functional.guard.campus import Campus, Persona

DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page as it was answered."""

    rule: str
    is_public: bool
    answer: TestResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """What a person was shown, and the rows that templates were given on the way."""

    persona: Persona
    token: str
    stops: tuple[Stop, ...]
    rows: tuple[str, ...]


def take_tour(campus: Campus, persona: Persona) -> Tour:
    """Open every page of the person's own school."""
    knocker = campus.knock(persona)
    seen: list[str] = []

    def look(_app: object, template: Template, context: Mapping[str, Any], **_: object) -> None:
        seen.extend(f"{template.name}: {row}" for row in _rows(dict(context), DEEPEST))

    with template_rendered.connected_to(look, campus.app):
        stops = [
            Stop(
                rule=rule.rule,
                is_public=campus.is_public(rule),
                answer=knocker.ask("GET", campus.path(rule, campus.here)),
            )
            for rule, _ in campus.rules("GET")
        ]
    return Tour(persona=persona, token=knocker.token, stops=tuple(stops), rows=tuple(seen))


def _rows(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, Base):
        yield type(value).__name__
    elif depth:
        for inner in _parts(value):
            yield from _rows(inner, depth - 1)


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif is_dataclass(value):
        yield from (getattr(value, field.name) for field in fields(value))
