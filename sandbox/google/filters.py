"""The filter language of Meet's lists: comparisons joined by AND, and IS NULL."""

import operator
import re
from collections.abc import Callable
from datetime import datetime

from sandbox.google.errors import invalid
from sandbox.google.world import moment

CONDITION = re.compile(
    r"\s*(?P<field>[a-z_.]+)\s*"
    r"(?:(?P<null>IS\s+(?:NOT\s+)?NULL)|(?P<sign>>=|<=|=|>|<)\s*\"(?P<value>[^\"]*)\")"
    r"\s*(?:(?P<more>AND)\s|$)"
)
SIGNS: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
Fields = dict[str, str | datetime | None]
Test = Callable[[Fields], bool]


def compiled(text: str, *, times: frozenset[str], names: frozenset[str] = frozenset()) -> Test:
    """Return the test that the filter asks for; `times` and `names` are the fields it may use."""
    tests: list[Test] = []
    position, more = 0, bool(text.strip())
    while more:
        found = CONDITION.match(text, position)
        if found is None or found["field"] not in times | names:
            raise invalid(f"Invalid filter: {text}")
        tests.append(_test(found, is_time=found["field"] in times))
        position, more = found.end(), found["more"] is not None
    if position < len(text):
        raise invalid(f"Invalid filter: {text}")
    return lambda fields: all(test(fields) for test in tests)


def _test(found: re.Match[str], *, is_time: bool) -> Test:
    field, sign, value = found["field"], found["sign"], found["value"]
    if found["null"]:
        wanted = "NOT" not in found["null"]
        return lambda fields: (fields[field] is None) is wanted
    if not is_time:
        if sign != "=":
            raise invalid(f"{field} can only be compared with =.")
        return lambda fields: fields[field] == value
    try:
        bound = moment(value)
    except ValueError as error:
        raise invalid(f"{field} needs an RFC 3339 time: {error}") from error

    def compare(fields: Fields) -> bool:
        held = fields[field]
        return isinstance(held, datetime) and SIGNS[sign](held, bound)

    return compare
