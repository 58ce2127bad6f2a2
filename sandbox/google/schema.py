"""Google's discovery documents as strict JSON Schema: every request and every answer is checked.

The documents are those that ship with google-api-python-client. Calendar declares no enums, so
its vocabularies stand here by hand.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.datastructures import MultiDict

from sandbox.google.errors import invalid
from sandbox.store import Document

DOCUMENTS = {"calendar": "calendar.v3", "meet": "meet.v2", "forms": "forms.v1", "drive": "drive.v3"}
# The documents mark these as output only although a create needs them.
WRITABLE = {"Permission.domain", "Permission.emailAddress", "Info.documentTitle"}
VOCABULARIES = {
    "Event.status": ["confirmed", "tentative", "cancelled"],
    "Event.visibility": ["default", "public", "private", "confidential"],
    "Event.transparency": ["opaque", "transparent"],
    "Event.eventType": ["default"],
    "EventAttendee.responseStatus": ["needsAction", "declined", "tentative", "accepted"],
    "EventReminder.method": ["email", "popup"],
    "Permission.type": ["user", "group", "domain", "anyone"],
    "Permission.role": ["owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"],
    "Permission.view": ["published", "metadata"],
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# Calendar lets a time go without an offset when a zone is named; calendar events check that pair.
LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
FORMATS = {
    "date-time": LOCAL,
    "google-datetime": INSTANT,
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "int64": re.compile(r"-?\d+"),
}
CHECKS = FormatChecker(())


def _register(name: str, shape: re.Pattern[str]) -> None:
    @CHECKS.checks(name)
    def fits(value: object) -> bool:
        return not isinstance(value, str) or shape.fullmatch(value) is not None


for _name, _shape in FORMATS.items():
    _register(_name, _shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of one service, as the discovery document describes it."""

    id: str
    service: str
    verb: str
    path: re.Pattern[str]
    parameters: Document
    scopes: frozenset[str]
    request: str | None
    response: str | None

    @property
    def short(self) -> str:
        """The name without the service: ``events.insert``."""
        return self.id.removeprefix(f"{self.service}.")


@cache
def document(service: str) -> Document:
    """Return the discovery document of a service."""
    folder = resources.files("googleapiclient") / "discovery_cache" / "documents"
    found: Document = json.loads((folder / f"{DOCUMENTS[service]}.json").read_text())
    return found


def _described(resources_: Document) -> Iterator[Document]:
    for resource in resources_.values():
        yield from resource.get("methods", {}).values()
        yield from _described(resource.get("resources", {}))


def _path(service_path: str, template: str, parameters: Document) -> re.Pattern[str]:
    parts = [re.escape(f"/{service_path}")]
    for literal, plus, name in re.findall(r"([^{]*)(?:\{(\+?)(\w+)\})?", template):
        parts.append(re.escape(literal))
        if name:
            shape = parameters[name]["pattern"].strip("^$") if plus else "[^/:]+"
            parts.append(f"(?P<{name}>{shape})")
    return re.compile("".join(parts))


@cache
def methods(service: str) -> tuple[Method, ...]:
    """Return every method of a service."""
    whole = document(service)
    return tuple(
        Method(
            id=node["id"],
            service=service,
            verb=node["httpMethod"],
            path=_path(whole["servicePath"], node["path"], node.get("parameters", {})),
            parameters=whole["parameters"] | node.get("parameters", {}),
            scopes=frozenset(node.get("scopes", ())),
            request=node.get("request", {}).get("$ref"),
            response=node.get("response", {}).get("$ref"),
        )
        for node in _described(whole["resources"])
    )


def find(service: str, verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Return the method that the address names, with its path parameters."""
    for method in methods(service):
        if method.verb == verb and (fit := method.path.fullmatch(path)):
            return method, fit.groupdict()
    return None


def _strict(node: Document, owner: str, method: str | None) -> Document:
    if "$ref" in node:
        return {"$ref": f"#/$defs/{node['$ref']}"}
    out: Document = {k: node[k] for k in ("enum", "format", "pattern") if k in node}
    if owner in VOCABULARIES:
        out["enum"] = VOCABULARIES[owner]
    if node.get("type") not in (None, "any"):
        out["type"] = node["type"]
    if "items" in node:
        out["items"] = _strict(node["items"], owner, method)
    if node.get("type") == "object":
        out |= _strict_object(node, owner, method)
    return out


def _strict_object(node: Document, owner: str, method: str | None) -> Document:
    members = {
        name: member
        for name, member in node.get("properties", {}).items()
        if not (method and member.get("readOnly") and f"{owner}.{name}" not in WRITABLE)
    }
    extra = node.get("additionalProperties")
    return {
        "properties": {k: _strict(v, f"{owner}.{k}", method) for k, v in members.items()},
        "additionalProperties": _strict(extra, owner, method) if extra else False,
        "required": [
            k for k, v in members.items() if method in v.get("annotations", {}).get("required", ())
        ],
    }


@cache
def _validator(service: str, schema: str, method: str | None) -> Draft202012Validator:
    definitions = {k: _strict(v, k, method) for k, v in document(service)["schemas"].items()}
    return Draft202012Validator(
        {"$ref": f"#/$defs/{schema}", "$defs": definitions}, format_checker=CHECKS
    )


def _faults(validator: Draft202012Validator, body: object) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in error.absolute_path) or 'body'}: {error.message[:300]}"
        for error in validator.iter_errors(body)
    )


def without_nulls(value: Any) -> Any:
    """Return the value without members that are null: in a PATCH null means "remove"."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nulls(v) for v in value]
    return value


def check_body(method: Method, body: Document | None) -> Document:
    """Return the body of a request if it fits the schema to the letter."""
    if method.request is None:
        if body:
            raise invalid(f"{method.id} takes no request body.", "badRequest")
        return {}
    checked = body or {}
    seen = without_nulls(checked) if method.verb == "PATCH" else checked
    if found := _faults(_validator(method.service, method.request, method.id), seen):
        raise invalid(f"Invalid JSON payload received. {found}", "badRequest")
    return checked


class BrokenPromiseError(Exception):
    """The stand-in itself was about to answer something that Google could not."""


def check_answer(method: Method, answer: Document | None) -> None:
    """Refuse an answer of our own that does not fit the schema."""
    if method.response is None:
        if answer is not None:
            raise BrokenPromiseError(f"{method.id} answers nothing")
        return
    if found := _faults(_validator(method.service, method.response, None), answer):
        raise BrokenPromiseError(f"{method.id}: {found}")


def _typed(name: str, node: Document, text: str) -> str | int | bool:
    if "enum" in node and text not in node["enum"]:
        raise invalid(f"Invalid value for {name}: {text!r} is not one of {node['enum']}.")
    if node.get("type") == "boolean":
        if text not in ("true", "false"):
            raise invalid(f"Invalid boolean value for {name}: {text!r}.")
        return text == "true"
    if node.get("type") == "integer":
        if not re.fullmatch(r"-?\d+", text):
            raise invalid(f"Invalid integer value for {name}: {text!r}.")
        low, high = int(node.get("minimum", -(2**31))), int(node.get("maximum", 2**31 - 1))
        if not low <= int(text) <= high:
            raise invalid(f"Invalid value for {name}: {text} is not in {low}..{high}.")
        return int(text)
    shape = LOCAL if node.get("format") == "date-time" else None
    if shape and not (shape.fullmatch(text) and INSTANT.fullmatch(text)):
        raise invalid(f"Invalid date-time for {name}: {text!r}.")
    return text


def check_query(method: Method, arguments: MultiDict[str, str]) -> Document:
    """Return the query parameters by name, typed; repeated ones as lists."""
    checked: Document = {}
    for name, values in arguments.lists():
        node = method.parameters.get(name)
        if node is None or node.get("location") != "query":
            raise invalid(f"Unknown name {name!r}: no such query parameter of {method.id}.")
        if node.get("repeated"):
            checked[name] = [_typed(name, node, value) for value in values]
        elif len(values) > 1:
            raise invalid(f"Parameter {name!r} may be given once.")
        else:
            checked[name] = _typed(name, node, values[0])
    for name, node in method.parameters.items():
        if node.get("required") and node.get("location") == "query" and name not in checked:
            raise invalid(f"Required parameter: {name}", "required")
    if checked.get("alt", "json") != "json":
        raise invalid("Only alt=json is served here.")
    if len(str(checked.get("quotaUser", ""))) > 40:
        raise invalid("quotaUser has at most 40 characters.")
    return checked
