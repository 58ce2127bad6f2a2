"""The pages that a newcomer watches in the demo: calendars, meetings and forms."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.clock import now
from sandbox.google import calendar, forms_responses, meet, meet_calls, people
from sandbox.google.forms_items import choices, questions, scale_levels
from sandbox.google.world import world
from sandbox.store import Document

blueprint = Blueprint("pages", __name__)
KINDS = ("email", "anonymous", "phone")
ANSWERS = {
    "needsAction": "no answer yet",
    "accepted": "coming",
    "declined": "not coming",
    "tentative": "maybe",
}
CHOICE_INPUTS = {"RADIO": "radio", "CHECKBOX": "checkbox", "DROP_DOWN": "select"}


@blueprint.get("/")
def overview() -> str:
    """Show what there is to look at."""
    users = list(world().store.all("user").values())
    return render_template(
        "overview.html",
        staff=[user for user in users if user["staff"]],
        others=[user for user in users if not user["staff"]],
        spaces=[
            {"space": space, "inside": len(meet_calls.present(world(), space))}
            for space in world().store.all("space").values()
        ],
        forms=list(world().store.all("form").values()),
        tool_url=world().tool_url,
    )


def _in_words(moment: datetime, zone_name: str) -> str:
    return moment.astimezone(ZoneInfo(zone_name)).strftime("%a %b %-d %Y, %-I:%M %p %Z")


def _invited(event: Document, email: str) -> bool:
    return any(guest["email"].lower() == email for guest in event.get("attendees", ()))


def _calendar_rows(email: str) -> list[Document]:
    rows = []
    for held in world().store.all("event").values():
        home = world().store.get("calendar", held["calendar"])
        event = held["resource"]
        if home is None or not (home["owner"] == email or _invited(event, email)):
            continue
        zone_name = home["resource"]["timeZone"]
        start, end = calendar.period(event, zone_name)
        rows.append(
            {
                "event": event,
                "start": start,
                "starts": _in_words(start, zone_name),
                "ends": _in_words(end, zone_name),
                "calendar": home["resource"]["summary"],
                "own": home["owner"] == email,
            }
        )
    return sorted(rows, key=lambda row: row["start"])


@blueprint.get("/calendars/<email>")
def show_calendar(email: str) -> str:
    """Show what one person sees in their calendar."""
    user = people.find_user(world(), email)
    if user is None:
        abort(404)
    return render_template(
        "calendar.html", user=user, rows=_calendar_rows(user["email"]), answers=ANSWERS
    )


def _space(code: str) -> Document:
    space = meet.find_space(world(), code)
    if space is None:
        abort(404)
    return space


def _person(text: str) -> meet_calls.Person:
    kind, _, value = text.partition(":")
    if kind not in KINDS:
        raise meet_calls.RefusedError("Please say who you are.")
    return meet_calls.person(world(), {kind: value})


def _state(space: Document, me: meet_calls.Person | None) -> str:
    if me is None:
        return "asked"
    if any(held["identity"] == me.key for held in meet_calls.present(world(), space)):
        return "inside"
    return "knocking" if f"{space['id']}/{me.key}" in meet_calls.waiting(world(), space) else "out"


def _answers_door(space: Document, me: meet_calls.Person | None, state: str) -> bool:
    if me is None or state != "inside":
        return False
    return space["config"]["moderation"] != "ON" or meet_calls.is_host(space, me.email)


def _meeting(code: str, name: str, error: str = "") -> str:
    space = _space(code)
    me = None
    try:
        me = _person(name) if name else None
    except meet_calls.RefusedError as refused:
        name, error = "", str(refused)
    state = _state(space, me)
    return render_template(
        "meeting.html",
        space=space,
        name=name,
        me=me,
        state=state,
        host=_answers_door(space, me, state),
        owner=people.find_user(world(), space["owner"]),
        inside=meet_calls.present(world(), space),
        knocking=list(meet_calls.waiting(world(), space).values()),
        users=list(world().store.all("user").values()),
        error=error,
    )


@blueprint.get("/meet/<code>")
def show_meeting(code: str) -> str:
    """Show a meeting as one person sees it."""
    return _meeting(code, request.args.get("as", ""))


def _chosen() -> str:
    """Return who opens the meeting: an account, or what was typed."""
    if typed := request.form.get("typed", "").strip():
        return f"{request.form.get('kind', 'anonymous')}:{typed}"
    return request.form.get("as", "")


def _move(space: Document, step: str, me: meet_calls.Person) -> None:
    at = max(now(), meet_calls.last_moment(space))
    other = request.form.get("identity", "")
    if step == "join":
        meet_calls.join(world(), space, me, at=at)
    elif step == "leave":
        meet_calls.leave(world(), space, me.key, at=at)
    elif step == "admit":
        meet_calls.admit(world(), space, other, by=me, at=at)
    elif step == "deny":
        meet_calls.deny(world(), space, other, by=me, at=at)
    elif step == "end" and meet_calls.is_host(space, me.email):
        meet_calls.end(world(), space, at=at)
    else:
        raise meet_calls.RefusedError("Only a host can do that.")


@blueprint.post("/meet/<code>/<step>")
def move(code: str, step: str) -> Response | tuple[str, int]:
    """Join, knock, admit, turn away, leave, or end the call."""
    name = _chosen()
    try:
        with world().store.atomic():
            _move(_space(code), step, _person(name))
    except meet_calls.RefusedError as refused:
        return _meeting(code, name, str(refused)), 409
    return redirect(f"{url_for('pages.show_meeting', code=code)}?{urlencode({'as': name})}", 303)


def _field(item: Document, question: Document, given: dict[str, list[str]]) -> Document:
    entry = f"entry.{int(question['questionId'], 16)}"
    choice, scale = choices(item, question), question.get("scaleQuestion", {})
    options: list[str] = []
    kind = "text"
    if choice is not None:
        options = [option["value"] for option in choice["options"]]
        kind = CHOICE_INPUTS[choice["type"]]
    elif levels := scale_levels(question):
        options, kind = [str(number) for number in levels], "radio"
    elif question.get("textQuestion", {}).get("paragraph"):
        kind = "textarea"
    elif "dateQuestion" in question:
        kind = "date"
    elif "timeQuestion" in question:
        kind = "time"
    return {
        "entry": entry,
        "id": question["questionId"],
        "title": question.get("rowQuestion", {}).get("title") or item.get("title", ""),
        "help": item.get("description", ""),
        "kind": kind,
        "options": options,
        "ends": [scale.get("lowLabel", ""), scale.get("highLabel", "")],
        "required": question.get("required", False),
        "values": given.get(entry, []),
    }


def _fields(form: Document, given: dict[str, list[str]]) -> list[Document]:
    return [_field(item, q, given) for item in form["items"] for q in questions(item)]


def _form(form_id: str) -> Document:
    form = world().store.get("form", form_id)
    if form is None:
        abort(404)
    return form


def _form_page(form: Document, given: dict[str, list[str]], **more: Any) -> str:
    return render_template(
        "form.html",
        form=form,
        fields=_fields(form, given),
        users=list(world().store.all("user").values()),
        collects=form["settings"].get("emailCollectionType", "DO_NOT_COLLECT"),
        **more,
    )


@blueprint.get("/forms/<form_id>/viewform")
def show_form(form_id: str) -> str:
    """Show a form to fill in; a prefilled link brings some answers along."""
    prefilled = request.args.get("usp") == "pp_url"
    given = dict(request.args.lists()) if prefilled else {}
    return _form_page(_form(form_id), given, email="", error="")


@blueprint.post("/forms/<form_id>/viewform")
def answer_form(form_id: str) -> str | tuple[str, int]:
    """Take the response, or say kindly what is missing."""
    form, given = _form(form_id), dict(request.form.lists())
    email = request.form.get("email", "")
    answers = {f["id"]: f["values"] for f in _fields(form, given) if f["values"]}
    try:
        forms_responses.submit(world(), form, email=email or None, given=answers, at=now())
    except forms_responses.NotTakenError as refused:
        return _form_page(form, given, email=email, error=str(refused)), 409
    return render_template("form_sent.html", form=form)
