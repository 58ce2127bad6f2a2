"""Field masks (`updateMask`), JSON merge patches and partial answers (`fields`)."""

import re
from typing import Any

from sandbox.google.errors import invalid
from sandbox.store import Document


def camel(path: str) -> str:
    """Write a mask path as JSON does: both ``access_type`` and ``accessType`` are accepted."""
    return re.sub(r"_([a-z])", lambda found: found.group(1).upper(), path)


def mask_paths(mask: str | None, body: Document) -> list[list[str]]:
    """Return the paths to write; without a mask those that the body fills."""
    if not mask:
        return list(_filled(body))
    return [camel(path.strip()).split(".") for path in mask.split(",")]


def _filled(body: Document, above: tuple[str, ...] = ()) -> list[list[str]]:
    found: list[list[str]] = []
    for name, value in body.items():
        if isinstance(value, dict) and value:
            found += _filled(value, (*above, name))
        else:
            found.append([*above, name])
    return found


def write_path(target: Document, source: Document, path: list[str]) -> None:
    """Copy one path from source to target; what the source does not fill is removed."""
    *above, last = path
    for name in above:
        source = source.get(name) or {}
        target = target.setdefault(name, {})
        if not isinstance(source, dict) or not isinstance(target, dict):
            raise invalid(f"The update mask names {'.'.join(path)}, which is no field.")
    if last in source:
        target[last] = source[last]
    else:
        target.pop(last, None)


def merged(target: Document, patch: Document) -> Document:
    """Apply a JSON merge patch: objects merge, arrays are replaced, null removes."""
    out = dict(target)
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, dict):
            below = out.get(name)
            out[name] = merged(below if isinstance(below, dict) else {}, value)
        else:
            out[name] = value
    return out


def _tree(text: str) -> Document:
    """Read ``a,b(c,d/e)`` into nested dictionaries."""
    tokens = re.findall(r"[^,()/\s]+|[,()/]", text)
    root: Document = {}
    stack = [root]
    place, last = root, ""
    for token in tokens:
        if token == ",":
            place = stack[-1]
        elif token == "(":
            stack.append(place[last])
            place = stack[-1]
        elif token == ")":
            if len(stack) == 1:
                raise invalid(f"Invalid field selection {text}", "invalidParameter")
            stack.pop()
        elif token == "/":
            place = place[last]
        else:
            last = token
            place.setdefault(token, {})
    return root


def partial(answer: Any, fields: str) -> Any:
    """Return only the selected fields of an answer."""
    return _selected(answer, _tree(fields))


def _selected(value: Any, tree: Document) -> Any:
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [_selected(member, tree) for member in value]
    if isinstance(value, dict):
        return {k: _selected(value[k], below) for k, below in tree.items() if k in value}
    return value
