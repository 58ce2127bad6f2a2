"""People without a browser: they follow launches, read pages and fill in forms over HTTP.

A visitor does what the frame's script does in a browser: exchanges the launch code for a tab
token, sends it as ``Authorization``, keeps cookies, and finds forms by their ``data-form`` name.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag
from requests.cookies import RequestsCookieJar

TIMEOUT_SECONDS = 60
PATIENCE = float(os.environ.get("STORY_PATIENCE", "1"))
"""How much longer than usual people wait: workers that are killed again and again take longer."""


class StoryError(Exception):
    """A step fell short of what the story promises."""


class _Jar(RequestsCookieJar):
    """Chromium counts localhost as a secure place and sends secure cookies there; so do we."""

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        cookie.secure = False
        super().set_cookie(cookie, *args, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it stands on a page."""

    name: str
    action: str
    method: str
    fields: dict[str, list[str]]

    def values(self, given: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
        """Return what is sent: the page's values, replaced by those given."""
        unknown = set(given) - set(self.fields)
        if unknown:
            raise StoryError(
                f"form {self.name} has no field {sorted(unknown)}; it has {sorted(self.fields)}"
            )
        filled = {
            name: value if isinstance(value, list) else [value] for name, value in given.items()
        }
        return {name: value for name, value in {**self.fields, **filled}.items() if value}


class Page:
    """A page as a person sees it."""

    def __init__(self, url: str, status: int, html: str) -> None:
        self.url, self.status, self.html = url, status, html
        self.soup = BeautifulSoup(html, "html.parser")

    @property
    def text(self) -> str:
        """Return the words on the page, with single blanks."""
        main = self.soup.find("main") or self.soup
        return " ".join(main.get_text(" ").split())

    @property
    def form_names(self) -> list[str]:
        """Return the names of the forms on the page."""
        return [str(form["data-form"]) for form in self.soup.select("[data-form]")]

    def form(self, name: str) -> Form:
        """Return the form of that name.

        :raises StoryError: if the page has no such form
        """
        tag = self.soup.find("form", attrs={"data-form": name})
        if not isinstance(tag, Tag):
            raise StoryError(
                f"{self.url} ({self.status}) has no form {name}, only {self.form_names}: "
                f"{self.text[:600]}"
            )
        return _form(tag, name, self.url)

    def form_with(self, field: str) -> Form:
        """Return the form that has a field of that name.

        :raises StoryError: if no form has it
        """
        for tag in self.soup.find_all("form"):
            if tag.select_one(f'[name="{field}"]'):
                return _form(tag, field, self.url)
        raise StoryError(f"{self.url} ({self.status}) has no form with {field}: {self.text[:600]}")

    def json(self, element_id: str) -> Any:
        """Return the data block of that id."""
        tag = self.soup.find(id=element_id)
        if not isinstance(tag, Tag):
            raise StoryError(
                f"{self.url} ({self.status}) has no data {element_id}: {self.text[:600]}"
            )
        return json.loads(tag.get_text())

    def link(self, *, action: str) -> str:
        """Return the address of the link whose ``data-action`` is `action`."""
        tag = self.soup.find("a", attrs={"data-action": action})
        if not isinstance(tag, Tag):
            raise StoryError(f"{self.url} has no link {action}: {self.text[:600]}")
        return urljoin(self.url, str(tag["href"]))

    def links(self, prefix: str) -> list[str]:
        """Return the addresses on the page whose path begins with `prefix`, each once."""
        found = (urljoin(self.url, str(a["href"])) for a in self.soup.find_all("a", href=True))
        return list(dict.fromkeys(url for url in found if urlsplit(url).path.startswith(prefix)))

    def expect(self, *texts: str) -> "Page":
        """Return the page if it says all of `texts`.

        :raises StoryError: naming what is missing
        """
        missing = [text for text in texts if text.casefold() not in self.text.casefold()]
        if missing:
            raise StoryError(
                f"{self.url} ({self.status}) does not say {missing}: {self.text[:1500]}"
            )
        return self


class Visitor:
    """Somebody with a browser of their own, signed in nowhere yet."""

    def __init__(self, tool_url: str, name: str) -> None:
        self.tool_url, self.name = tool_url, name
        self.http = requests.Session()
        self.http.cookies = _Jar()
        self.token: str | None = None
        self.page = Page(tool_url, 0, "")

    # ------------------------------------------------------------ launches

    def launch(self, initiation: Mapping[str, Any]) -> Page:
        """Follow a launch from the LMS's login initiation to the landing page."""
        method = str(initiation.get("method", "POST"))
        fields = dict(initiation["fields"])
        login = self._send(
            method,
            str(initiation["login_url"]),
            **({"params": fields} if method == "GET" else {"data": fields}),
        )
        answer = self._send("GET", str(self._page(login).json("launch")["auth_url"]))
        auto = self._page(answer)
        tag = auto.soup.find("form")
        if not isinstance(tag, Tag):
            raise StoryError(f"the LMS refused the launch: {auto.text[:600]}")
        form = _form(tag, "id_token", auto.url)
        launched = self._page(self._send("POST", form.action, data=form.fields))
        if launched.status != requests.codes.ok:
            raise StoryError(
                f"the tool refused the launch ({launched.status}): {launched.text[:600]}"
            )
        return self._exchange(launched)

    def _exchange(self, launched: Page) -> Page:
        data = launched.json("launch")
        answer = self._send(
            "POST",
            urljoin(self.tool_url, data["exchange_url"]),
            json={"code": data["code"], "proof": None},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        if answer.status_code != requests.codes.ok:
            raise StoryError(f"the launch code was refused: {answer.text[:300]}")
        self.token = answer.json()["token"]
        return self.get(answer.json()["landing"])

    # ------------------------------------------------------------ pages

    def get(self, path: str) -> Page:
        """Open a page of the tool."""
        self.page = self._page(self._own("GET", path))
        return self.page

    def submit(self, name: str, /, **given: str | list[str]) -> Page:
        """Fill in the form of that name on the present page and send it."""
        form = self.page.form(name)
        values = form.values(given)
        if form.method == "GET":
            self.page = self._page(self._own("GET", form.action, params=values))
        else:
            self.page = self._page(self._own("POST", form.action, data=values))
        return self.page

    def resend(self, form: Form, given: Mapping[str, str | list[str]]) -> Page:
        """Send a form of an earlier page once more, as a double click or the Back button does."""
        self.page = self._page(self._own("POST", form.action, data=form.values(given)))
        return self.page

    def post_to(self, url: str, **fields: str) -> Page:
        """Post to another site, as an auto-posting page does."""
        return self._page(self._send("POST", url, data=fields))

    def wait_for(
        self, path: str, condition: Callable[[Page], bool], *, seconds: float = 60
    ) -> Page:
        """Look at a page again and again until `condition` holds.

        :raises StoryError: with what the page says, if it does not come to hold
        """
        deadline = time.monotonic() + seconds * PATIENCE
        while True:
            page = self.get(path)
            if condition(page):
                return page
            if time.monotonic() > deadline:
                raise StoryError(f"waited in vain at {path}: {page.text[:1500]}")
            time.sleep(0.4)

    def _own(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return self._send(method, urljoin(self.tool_url, path), headers=headers, **arguments)

    def _send(self, method: str, url: str, **arguments: Any) -> requests.Response:
        return self.http.request(method, url, timeout=TIMEOUT_SECONDS, **arguments)

    def _page(self, answer: requests.Response) -> Page:
        return Page(answer.url, answer.status_code, answer.text)


def _form(tag: Tag, name: str, base: str) -> Form:
    fields: dict[str, list[str]] = {}
    for field in tag.find_all(["input", "textarea", "select", "button"]):
        key = field.get("name")
        if key is None:
            continue
        fields.setdefault(str(key), []).extend(_values(field))
    return Form(
        name=name,
        action=urljoin(base, str(tag.get("action") or base)),
        method=str(tag.get("method", "get")).upper(),
        fields=fields,
    )


def _values(field: Tag) -> list[str]:
    if field.name == "button":
        return []
    if field.name == "textarea":
        return [field.get_text().replace("\r\n", "\n").removeprefix("\n")]
    if field.name == "select":
        chosen = [o for o in field.find_all("option") if o.has_attr("selected")]
        if not chosen and not field.has_attr("multiple"):
            chosen = field.find_all("option")[:1]
        return [str(option.get("value", option.get_text())) for option in chosen]
    if field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
        return []
    if field.get("type") in {"submit", "image", "reset", "file"}:
        return []
    return [str(field.get("value", "on" if field.get("type") == "checkbox" else ""))]
