"""A foreign school's or district's id is no id at all: 404, and nothing changes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from bs4 import Tag
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from sandbox.scenario.visitor import Form, Page
from tests.functional.guard.campus import EVERYBODY, Campus, Knocker, Persona, Place

FOREIGN = ("next_door", "abroad")
GONE = 404
UNFILLED = 422
OPENED = frozenset({200, 303, 304})
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORDS = "Something that is long enough to be taken."
STAFF = ("coordinator in the course", "coordinator", "teacher", "supervisor")
SAME = {"Sec-Fetch-Site": "same-origin"}
HOLD_FORMS = (*STAFF, "student", "mentor")


LEFT_EMPTY = ""
FILLING = {
    "e_mail": "somebody@brightworks.example",
    "google_address": "somebody@harbor.example",
    "google_user": LEFT_EMPTY,
    "points": "5",
    "date": "2027-01-12",
    "start": "10:00",
    "checked_on": "2026-11-20",
    "completed_on": "2026-11-20",
    "given_on": "2026-11-20",
    "signed_on": "2026-11-20",
    "expires_on": "2027-11-20",
    "ends_on": "2027-11-20",
}


@pytest.fixture(params=sorted(EVERYBODY))
def persona(request: pytest.FixtureRequest) -> Persona:
    return EVERYBODY[str(request.param)]


@pytest.fixture(params=FOREIGN)
def foreign(request: pytest.FixtureRequest, campus: Campus) -> Place:
    place = getattr(campus, str(request.param))
    assert isinstance(place, Place)
    return place


class TestOwnIds:
    def test_open_every_page_to_somebody(self, campus: Campus) -> None:
        closed = {rule.rule for rule, _ in _with_ids(campus, "GET")}
        for persona in EVERYBODY.values():
            knocker = campus.knock(persona)
            for rule, _ in _with_ids(campus, "GET"):
                if rule.rule in closed:
                    status = knocker.ask("GET", campus.path(rule, campus.here)).status_code
                    closed -= {rule.rule} if status in OPENED else set()
        # Without its counterpart that opens, a 404 for a foreign id would prove nothing.
        assert closed == set()

    def test_are_taken_by_most_forms(self, campus: Campus) -> None:
        taken = []
        for name in HOLD_FORMS:
            knocker = campus.knock(EVERYBODY[name])
            for _, form in _forms(campus, knocker):
                answer = knocker.ask("POST", form.action, data=_filled(form), headers=SAME)
                taken.append(answer.status_code in OPENED)
        assert sum(taken) > len(taken) * 0.6


class TestForeignIds:
    def test_answer_as_if_there_were_nothing(
        self, campus: Campus, persona: Persona, foreign: Place
    ) -> None:
        knocker, told = campus.knock(persona), []
        before = campus.kept()
        for rule, method in _with_ids(campus, "GET", "POST"):
            if not _is_open(knocker, rule, method):
                continue
            for path in _paths(campus, rule, foreign):
                answer = (
                    knocker.ask("GET", path) if method == "GET" else knocker.write("POST", path)
                )
                if answer.status_code != GONE and not _lacks_its_form(answer, method, rule):
                    told.append(f"{method} {rule.rule}: {answer.status_code}")
                elif foreign.mark in answer.text:
                    told.append(f"{method} {rule.rule}: a name")
        assert told == []
        assert campus.kept() == before

    @pytest.mark.parametrize("name", HOLD_FORMS)
    def test_take_no_form_that_would_be_good_here(
        self, campus: Campus, name: str, foreign: Place
    ) -> None:
        knocker, taken = campus.knock(EVERYBODY[name]), []
        abroad = _translation(campus.here, foreign)
        forms = list(_forms(campus, knocker))
        before = campus.kept()
        for rule, form in forms:
            for path in _foreign_actions(form.action, abroad):
                answer = knocker.ask("POST", path, data=_filled(form), headers=SAME)
                if answer.status_code != GONE:
                    taken.append(f"{rule.rule} {form.name}: {answer.status_code}")
        assert taken == []
        assert campus.kept() == before

    @pytest.mark.parametrize("name", HOLD_FORMS)
    def test_are_no_choice_in_a_form(self, campus: Campus, name: str, foreign: Place) -> None:
        knocker, taken = campus.knock(EVERYBODY[name]), []
        abroad = _translation(campus.here, foreign)
        forms = list(_forms(campus, knocker))
        before = campus.kept()
        for rule, form in forms:
            for field, values in _filled(form).items():
                swapped = [abroad.get(value, value) for value in values]
                if swapped == values:
                    continue
                answer = knocker.ask(
                    "POST", form.action, data={**_filled(form), field: swapped}, headers=SAME
                )
                if answer.status_code in OPENED:
                    taken.append(f"{rule.rule} {field}: {answer.status_code}")
        assert taken == []
        assert campus.kept() == before

    @pytest.mark.parametrize("name", HOLD_FORMS)
    def test_and_names_stand_on_no_page_here(
        self, campus: Campus, name: str, foreign: Place
    ) -> None:
        knocker, shown = campus.knock(EVERYBODY[name]), []
        hidden = foreign.ids() - campus.here.ids()
        for rule, _ in campus.rules("GET"):
            if not campus.is_public(rule):
                text = knocker.ask("GET", campus.path(rule, campus.here)).text
                if foreign.mark in text or hidden & set(ID.findall(text)):
                    shown.append(rule.rule)
        assert shown == []


def _with_ids(campus: Campus, *methods: str) -> Iterator[tuple[Rule, str]]:
    for rule, method in campus.rules(*methods):
        if rule.arguments and not campus.is_public(rule):
            yield rule, method


def _is_open(knocker: Knocker, rule: Rule, method: str) -> bool:
    """Tell whether the person would reach the view at all."""
    campus, persona = knocker.campus, knocker.persona
    if method == "POST":
        return not persona.is_masquerade and persona.may(campus.needed(rule), frozenset())
    return knocker.ask("GET", campus.path(rule, campus.here)).status_code not in {401, 403}


def _foreign_actions(action: str, abroad: Mapping[str, str]) -> Iterator[str]:
    """Yield the address with each of its ids foreign, one at a time."""
    for found in ID.finditer(action):
        if found[0] in abroad:
            yield action[: found.start()] + abroad[found[0]] + action[found.end() :]


def _lacks_its_form(answer: TestResponse, method: str, rule: Rule) -> bool:
    """Tell whether an empty form was refused before the second id was looked up."""
    return method == "POST" and len(rule.arguments) > 1 and answer.status_code == UNFILLED


def _paths(campus: Campus, rule: Rule, foreign: Place) -> Iterator[str]:
    """Yield the address with all ids foreign, and with each of several foreign alone."""
    yield campus.path(rule, foreign)
    if len(rule.arguments) > 1:
        for argument in sorted(rule.arguments):
            yield campus.path(rule, campus.here, **{argument: foreign})


def _translation(here: Place, foreign: Place) -> Mapping[str, str]:
    """Return what each id here is called in the foreign school."""
    pairs = {}
    for own, other in ((here.world, foreign.world), (here.estate, foreign.estate)):
        for name in own.__slots__:
            mine, theirs = getattr(own, name), getattr(other, name)
            if isinstance(mine, UUID) and mine != theirs:
                pairs[str(mine)] = str(theirs)
    return pairs


def _forms(campus: Campus, knocker: Knocker) -> Iterator[tuple[Rule, Form]]:
    """Yield every form that posts, from every page that the person may open."""
    adapter = campus.app.url_map.bind("localhost")
    for page_rule, _ in campus.rules("GET"):
        if campus.is_public(page_rule):
            continue
        path = campus.path(page_rule, campus.here)
        page = Page(path, 200, knocker.ask("GET", path).text)
        for name in page.form_names:
            form = _ticked(page, page.form(name))
            if form.method != "POST":
                continue
            try:
                rule, _ = adapter.match(form.action, method="POST", return_rule=True)
            except (NotFound, MethodNotAllowed):
                continue
            if rule.endpoint != "sign_in.out":
                yield rule, form


def _ticked(page: Page, form: Form) -> Form:
    """Return the form with a first box ticked, and a first choice made, where there was none."""
    fields = dict(form.fields)
    tag = page.soup.find("form", attrs={"data-form": form.name})
    for name, values in form.fields.items():
        if isinstance(tag, Tag) and values in ([], [""]):
            boxes = tag.select(
                f'input[name="{name}"][type=checkbox], input[name="{name}"][type=radio]'
            )
            options = tag.select(f'select[name="{name}"] option')
            offered = [str(each.get("value", "on")) for each in (*boxes, *options)]
            fields[name] = next(([value] for value in offered if value), values)
    return replace(form, fields=fields)


def _filled(form: Form) -> dict[str, list[str]]:
    """Return what somebody would send: what stands there, and something where nothing does."""
    filled = dict(form.fields)
    for name, values in form.fields.items():
        if values in ([], [""]):
            filled[name] = [FILLING.get(name, WORDS)]
    return {name: values for name, values in filled.items() if values != [LEFT_EMPTY]}
