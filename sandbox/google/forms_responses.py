"""Responses to a form: who may answer, what an answer must look like, and reading them."""

import operator
import re
import secrets
from collections.abc import Mapping
from datetime import datetime

from sandbox.google import people
from sandbox.google.call import Call, paged
from sandbox.google.errors import ApiError, invalid
from sandbox.google.events import EMAIL
from sandbox.google.forms_items import choices, questions, scale_levels
from sandbox.google.world import World, moment, stamp
from sandbox.store import Document

FILTER = re.compile(r"timestamp\s*(?P<sign>>=?)\s*(?P<at>\d{4}-\d\d-\d\dT[\d:.]+Z)")
Answers = Mapping[str, str | list[str]]


class NotTakenError(Exception):
    """The form does not take this response; the message says why."""


def responders(world: World, form: Document) -> list[Document]:
    """Return the permissions that let people answer (view "published")."""
    prefix = f"{form['id']}/"
    return [
        permission
        for key, permission in world.store.all("permission").items()
        if key.startswith(prefix) and permission.get("view") == "published"
    ]


def _may_respond(world: World, form: Document, email: str | None) -> bool:
    if email is not None and email == form["owner"]:
        return True
    for permission in responders(world, form):
        if permission["type"] == "anyone":
            return True
        if email is None:
            continue
        if permission["type"] == "domain" and people.domain_of(email) == permission["domain"]:
            return True
        if permission.get("emailAddress", "").lower() == email:
            return True
    return False


def check_open(world: World, form: Document, email: str | None) -> None:
    """Refuse who may not answer, and everybody while the form is not open."""
    state = form["publish_state"]
    if not state["isPublished"]:
        raise NotTakenError("This form is not published.")
    if not state["isAcceptingResponses"]:
        raise NotTakenError("This form does not accept responses any more.")
    kind = form["settings"].get("emailCollectionType")
    if kind == "VERIFIED" and (email is None or people.find_user(world, email) is None):
        raise NotTakenError("Sign in to answer this form: it collects your verified e-mail.")
    if kind == "RESPONDER_INPUT" and (email is None or not EMAIL.fullmatch(email)):
        raise NotTakenError("Please give your e-mail address.")
    signed_in = email if email and people.find_user(world, email) else None
    if not _may_respond(world, form, signed_in):
        raise NotTakenError("You have no access to this form.")


def _check_value(item: Document, question: Document, values: list[str]) -> None:
    choice = choices(item, question)
    if choice is not None:
        offered = {option.get("value") for option in choice["options"]}
        other = any(option.get("isOther") for option in choice["options"])
        if not other and not set(values) <= offered:
            raise NotTakenError(f"Not among the choices: {sorted(set(values) - offered)}")
        if choice["type"] == "CHECKBOX":
            return
    if len(values) > 1:
        raise NotTakenError("This question takes one answer.")
    levels = scale_levels(question)
    if levels and values[0] not in {str(level) for level in levels}:
        raise NotTakenError(f"Not on the scale: {values[0]}")


def _read_answers(form: Document, given: Answers) -> Document:
    left = dict(given)
    answers: Document = {}
    for item in form["items"]:
        for question in questions(item):
            title = question.get("rowQuestion", {}).get("title") or item.get("title", "")
            key = question["questionId"] if question["questionId"] in left else title
            value = left.pop(key, [])
            values = [text for text in ([value] if isinstance(value, str) else value) if text]
            if not values:
                if question.get("required"):
                    raise NotTakenError(f"Please answer: {title}")
                continue
            _check_value(item, question, values)
            answers[question["questionId"]] = {
                "questionId": question["questionId"],
                "textAnswers": {"answers": [{"value": text} for text in values]},
            }
    if left:
        raise NotTakenError(f"The form has no question {sorted(left)}")
    return answers


def submit(
    world: World,
    form: Document,
    *,
    email: str | None,
    given: Answers,
    at: datetime,
    response_id: str | None = None,
) -> Document:
    """Store a response; with `response_id` the respondent edits an earlier one.

    Answers go by question id or by the question's title.
    """
    address = email.strip().lower() if email else None
    check_open(world, form, address)
    answers = _read_answers(form, given)
    response: Document = {
        "responseId": response_id or "ACYDBN" + secrets.token_urlsafe(40),
        "createTime": stamp(at),
        "lastSubmittedTime": stamp(at),
        "answers": answers,
    }
    if form["settings"].get("emailCollectionType") != "DO_NOT_COLLECT" and address:
        response["respondentEmail"] = address
    key = f"{form['id']}/{response['responseId']}"
    if response_id is not None:
        before = world.store.get("response", key)
        if before is None:
            raise NotTakenError("There is no such response to edit.")
        response["createTime"] = before["createTime"]
    world.store.put("response", key, response)
    return response


def _passes(text: str, response: Document) -> bool:
    if not text:
        return True
    found = FILTER.fullmatch(text.strip())
    if found is None:
        raise invalid(f"Invalid filter: {text}", "")
    try:
        bound = moment(found["at"])
    except ValueError as error:
        raise invalid(f"Invalid filter: {error}", "") from error
    compare = operator.ge if found["sign"] == ">=" else operator.gt
    return bool(compare(moment(response["lastSubmittedTime"]), bound))


def all_responses(world: World, form: Document) -> list[Document]:
    """Return every response to the form, in the order of first submission."""
    prefix = f"{form['id']}/"
    return [r for key, r in world.store.all("response").items() if key.startswith(prefix)]


def list_responses(call: Call, form: Document) -> Document:
    """Return one page of responses; the form's id is missing inside, as at Google."""
    text = call.params.get("filter", "")
    _passes(text, {"lastSubmittedTime": "1970-01-01T00:00:00.000Z"})
    items = [
        (response["responseId"], response)
        for response in all_responses(call.world, form)
        if _passes(text, response)
    ]
    page, rest = paged(call, items, default=5000, maximum=5000)
    return ({"responses": page} if page else {}) | rest


def get_response(call: Call, form: Document) -> Document:
    """Return one response with its form's id."""
    held = call.world.store.get("response", f"{form['id']}/{call.params['responseId']}")
    if held is None:
        raise ApiError(404, "", "Requested entity was not found.")
    return {"formId": form["id"]} | held
