"""The single requests of forms.batchUpdate, and the rules for items and questions."""

import copy
import re
import secrets
from collections.abc import Callable, Iterator

from sandbox.google.errors import invalid
from sandbox.google.masks import mask_paths, write_path
from sandbox.store import Document

ITEM_KINDS = frozenset(
    ["questionItem", "questionGroupItem", "pageBreakItem", "textItem", "imageItem", "videoItem"]
)
QUESTION_KINDS = frozenset(
    [
        "choiceQuestion",
        "dateQuestion",
        "ratingQuestion",
        "rowQuestion",
        "scaleQuestion",
        "textQuestion",
        "timeQuestion",
        "fileUploadQuestion",
    ]
)
# Hexadecimal, because the entry of a prefilled link is this number in decimal.
IDENTIFIER = re.compile(r"[0-9a-f]{1,8}")


def questions(item: Document) -> list[Document]:
    """Return the questions of an item, in order."""
    if "questionItem" in item:
        return [item["questionItem"]["question"]]
    found: list[Document] = item.get("questionGroupItem", {}).get("questions", [])
    return found


def titled_questions(form: Document) -> Iterator[tuple[str, Document]]:
    """Yield every question with the title that a respondent reads."""
    for item in form["items"]:
        for question in questions(item):
            row = question.get("rowQuestion", {}).get("title")
            yield row or item.get("title", ""), question


def choices(item: Document, question: Document) -> Document | None:
    """Return the choice of a question; a row of a grid takes the grid's columns."""
    if "choiceQuestion" in question:
        found: Document = question["choiceQuestion"]
        return found
    grid: Document | None = item.get("questionGroupItem", {}).get("grid", {}).get("columns")
    return grid if "rowQuestion" in question else None


def scale_levels(question: Document) -> range:
    """Return the numbers that a scale or a rating offers; none for other questions."""
    if scale := question.get("scaleQuestion"):
        return range(scale.get("low", 0), scale["high"] + 1)
    if rating := question.get("ratingQuestion"):
        return range(1, rating["ratingScaleLevel"] + 1)
    return range(0)


def _check_choice(choice: Document) -> None:
    values = [option.get("value") for option in choice.get("options", ())]
    if choice.get("type", "CHOICE_TYPE_UNSPECIFIED") == "CHOICE_TYPE_UNSPECIFIED":
        raise invalid("A choice question needs a type.", "")
    if not values or None in values or len(set(values)) < len(values):
        raise invalid("A choice question needs options with distinct values.", "")


def _check_scale(scale: Document) -> None:
    if scale.get("low") not in (0, 1) or not 2 <= scale.get("high", 0) <= 10:
        raise invalid("A scale goes from 0 or 1 to at most 10.", "")


def _check_rating(rating: Document) -> None:
    if not 3 <= rating.get("ratingScaleLevel", 0) <= 10:
        raise invalid("A rating has 3 to 10 levels.", "")
    if rating.get("iconType", "RATING_ICON_TYPE_UNSPECIFIED").endswith("UNSPECIFIED"):
        raise invalid("A rating needs an icon type.", "")


CHECKS: dict[str, Callable[[Document], None]] = {
    "choiceQuestion": _check_choice,
    "scaleQuestion": _check_scale,
    "ratingQuestion": _check_rating,
}


def _check_question(question: Document) -> None:
    kinds = set(question) & QUESTION_KINDS
    if len(kinds) != 1:
        raise invalid("A question has exactly one kind.", "")
    kind = kinds.pop()
    if kind == "fileUploadQuestion":
        raise invalid("File upload questions cannot be created by API.", "")
    if kind in CHECKS:
        CHECKS[kind](question[kind])


def _check_item(item: Document) -> None:
    if len(ITEM_KINDS & set(item)) != 1:
        raise invalid("An item has exactly one kind.", "")
    if "questionItem" in item and "question" not in item["questionItem"]:
        raise invalid("questionItem.question is required.", "")
    if "questionGroupItem" in item and not questions(item):
        raise invalid("A question group needs questions.", "")
    if "\n" in item.get("title", ""):
        raise invalid("Displayed text cannot contain newlines.", "")
    for question in questions(item):
        _check_question(question)


def _name(node: Document, field: str, taken: set[str]) -> None:
    node.setdefault(field, secrets.token_hex(4))
    if not IDENTIFIER.fullmatch(node[field]):
        raise invalid(f"{field} must be hexadecimal, at most 8 digits: {node[field]}", "")
    if node[field] in taken:
        raise invalid(f"{field} {node[field]} is in use already.", "")
    taken.add(node[field])


def _identify(form: Document, item: Document) -> None:
    _name(item, "itemId", {other["itemId"] for other in form["items"]})
    taken = {q["questionId"] for _, q in titled_questions(form)}
    for question in questions(item):
        _name(question, "questionId", taken)


def _place(location: Document | None, *, last: int) -> int:
    # An index of 0 may travel as an empty location, as protocol buffers omit zero.
    index = int((location or {}).get("index", 0))
    if location is None or not 0 <= index <= last:
        raise invalid(f"location.index must be in 0..{last}.", "")
    return index


def _create(form: Document, request: Document) -> Document:
    item = copy.deepcopy(request.get("item", {}))
    _check_item(item)
    index = _place(request.get("location"), last=len(form["items"]))
    _identify(form, item)
    form["items"].insert(index, item)
    reply: Document = {"itemId": item["itemId"]}
    if ids := [question["questionId"] for question in questions(item)]:
        reply["questionId"] = ids
    return {"createItem": reply}


def _update(form: Document, request: Document) -> Document:
    if not request.get("updateMask"):
        raise invalid("updateMask is required.", "")
    index = _place(request.get("location"), last=len(form["items"]) - 1)
    given, before = request.get("item", {}), form["items"][index]
    if given.get("itemId", before["itemId"]) != before["itemId"]:
        raise invalid("The itemId at this location is another one.", "")
    del form["items"][index]
    after = copy.deepcopy(given if request["updateMask"] == "*" else before)
    if request["updateMask"] != "*":
        for path in mask_paths(request["updateMask"], given):
            write_path(after, copy.deepcopy(given), path)
    after["itemId"] = before["itemId"]
    _check_item(after)
    _identify(form, after)
    form["items"].insert(index, after)
    return {}


def _move(form: Document, request: Document) -> Document:
    last = len(form["items"]) - 1
    start = _place(request.get("originalLocation"), last=last)
    stop = _place(request.get("newLocation"), last=last)
    form["items"].insert(stop, form["items"].pop(start))
    return {}


def _delete(form: Document, request: Document) -> Document:
    del form["items"][_place(request.get("location"), last=len(form["items"]) - 1)]
    return {}


def _masked(form: Document, request: Document, field: str, allowed: set[str]) -> Document:
    mask, given = request.get("updateMask"), request.get(field, {})
    if not mask:
        raise invalid("updateMask is required.", "")
    paths = [[name] for name in allowed] if mask == "*" else mask_paths(mask, given)
    for path in paths:
        if path[0] not in allowed:
            raise invalid(f"The update mask names {'.'.join(path)}, which cannot be changed.", "")
        write_path(form[field], given, path)
    return {}


def _update_info(form: Document, request: Document) -> Document:
    _masked(form, request, "info", {"title", "description"})
    if not form["info"].get("title"):
        raise invalid("A form needs a title.", "")
    return {}


def _update_settings(form: Document, request: Document) -> Document:
    return _masked(form, request, "settings", {"emailCollectionType", "quizSettings"})


REQUESTS: dict[str, Callable[[Document, Document], Document]] = {
    "createItem": _create,
    "updateItem": _update,
    "moveItem": _move,
    "deleteItem": _delete,
    "updateFormInfo": _update_info,
    "updateSettings": _update_settings,
}


def apply_request(form: Document, request: Document) -> Document:
    """Apply one request to the form in memory and return its reply."""
    if len(request) != 1:
        raise invalid("Every request has exactly one kind.", "")
    kind, body = next(iter(request.items()))
    return REQUESTS[kind](form, body)
