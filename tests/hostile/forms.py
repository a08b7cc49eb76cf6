"""Finding forms as people do: by following links from the first pages, as everybody in the town."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.client import Page
from tests.conftest import ENGINE
from tests.house.world import PERSONAS, Town
from tests.laws import check_page

# Where walks begin: first pages, and pages that are reached by typing, by a form or after an error.
STARTS = (
    "/<lang>/",
    "/<lang>/home",
    "/<lang>/join",
    "/<lang>/join/way-back",
    "/<lang>/way-back",
    "/<lang>/code",
    "/<lang>/first",
    "/<lang>/c/<typed_number>",
    "/<lang>/pairs/ask",
    "/<lang>/certificates/withdrawals",
    "/<lang>/certificates/<unnamed>/claim",
    "/<lang>/courses/<course>/<item>",
    "/<lang>/courses/<course>/<task_item>",
    "/<lang>/tries/<attempt_pid>/finish",
    "/<lang>/tries/<sent>/result",
    *(f"/<lang>/tries/<attempt_pid>/{number}" for number in range(1, 7)),
)
# A locked person finds what a guest finds, and an author what every learner does.
WALKERS = tuple(name for name in PERSONAS if name not in {"locked", "author"})
# Links to pages of one kind that are followed.
OF_A_KIND = 3
# Kept by no error page, whatever kind of field it is: codes.
SECRET = {"code", "recovery"}
_keys = count(1)


@dataclass(frozen=True)
class Field:
    """A field of a form: what a person can do with it, what stands in it, what can be chosen."""

    name: str
    kind: str
    value: tuple[str, ...]
    choices: tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Whether words are typed into it."""
        return self.kind in {"text", "textarea", "email", "number", "date", "password", "search"}


@dataclass(frozen=True)
class Found:
    """A form that somebody has found, and on which page."""

    persona: str
    page: str
    action: str
    rule: str
    fields: tuple[Field, ...]
    button: tuple[str, str] | None

    @property
    def name(self) -> str:
        """How a failure names it."""
        pressed = f" [{self.button[0]}]" if self.button else ""
        return f"{self.persona}: {self.rule}{pressed}"

    @property
    def shape(self) -> tuple[Any, ...]:
        """What makes two forms the same."""
        question = self.page if "/tries/" in self.page else ""
        fields = ((f.name, f.kind) for f in self.fields)
        return self.rule, question, *fields, self.button and self.button[0]

    def filled(self, town: Town) -> dict[str, Any]:
        """Everything that a browser would send, with something sensible where nothing stands."""
        data: dict[str, Any] = {}
        for one in self.fields:
            value = list(one.value) or ([one.choices[0]] if one.choices else [])
            if one.typed and not any(value):
                value = [SENSIBLE.get(one.name, SENSIBLE.get(one.kind, "Saule writes"))]
            if value:
                data[one.name] = value if len(value) > 1 else value[0]
        if self.button:
            data[self.button[0]] = self.button[1]
        if "form_key" in data:
            data["form_key"] = f"hostile-{next(_keys)}"
        data["csrf_token"] = town.tokens[self.persona]
        return data

    def send(self, town: Town, changed: dict[str, Any], **options: Any) -> TestResponse:
        """Send it with these fields changed."""
        return town.post(self.persona, self.action, {**self.filled(town), **changed}, **options)


SENSIBLE = {
    "handle": "Heron 27",
    "passphrase": "a harbour of nine quiet foxes",
    "current": "swallow window copper lantern",
    "email": "heron@example.org",
    "address": "heron@example.org",
    "date": "2027-03-01",
    "starts_on": "2027-03-01",
    "ends_on": "2027-06-01",
    "expires_on": "2099-01-01",
    "number": "5",
    "capacity": "5",
    "count": "1",
    "name": "Saule Ak",
    "shown_name": "Saule Ak",
}


@dataclass
class Walk:
    """What a walk through the town has found."""

    forms: list[Found] = field(default_factory=list)
    pages: list[tuple[str, str, str]] = field(default_factory=list)

    def distinct(self) -> list[Found]:
        """Every form once."""
        found: dict[Any, Found] = {}
        for form in self.forms:
            found.setdefault(form.shape, form)
        return list(found.values())


def is_text(field: Field) -> bool:
    """Whether any words can be typed into it, to be read by somebody later."""
    return field.kind in {"text", "textarea", "email"} and field.name not in SECRET


def walk(town: Town, *, restore: bool = True) -> Walk:
    """Follow every link as everybody; check the page laws on the way."""
    found = Walk()
    for persona in WALKERS:
        _walk_as(town, persona, found)
        if restore:
            town.restore()
    return found


def _walk_as(town: Town, persona: str, found: Walk) -> None:
    starts = [town.address(rule) for rule in STARTS]
    waiting, known, kinds = list(starts), set(starts), Counter[str]()
    while waiting:
        url = waiting.pop(0)
        rule = rule_of(town, url, "GET")
        if rule is None or rule == "/leave" or (kinds[rule] >= OF_A_KIND and url not in starts):
            continue
        kinds[rule] += 1
        answer = town.get(persona, url)
        led_astray = answer.status_code >= 400 and url not in starts
        assert not led_astray, f"{persona} follows a link to {url}: {answer.status_code}"
        for target in _links(town, persona, url, answer, found):
            if target not in known:
                known.add(target)
                waiting.append(target)


def _links(town: Town, persona: str, url: str, answer: TestResponse, found: Walk) -> Iterator[str]:
    """Note what the page is and has; where it leads within the same language."""
    links = []
    if 300 <= answer.status_code < 400:
        links = [answer.headers["Location"]]
    elif answer.mimetype == "text/html":
        page = Page(answer, url)
        if ENGINE == "sqlite":  # pages are the same on both
            check_page(page)
        found.pages.append((persona, url, page.html))
        if answer.status_code == 200:
            found.forms += read_forms(town, persona, url, page.soup)
            links = [str(link["href"]) for link in page.soup.find_all("a", href=True)]
    for link in links:
        target = urljoin(url, link).split("#")[0].removeprefix("http://localhost")
        if not urlsplit(target).netloc and not target.startswith("/ru/"):
            yield target


def rule_of(town: Town, url: str, method: str) -> str | None:
    """The rule that an address belongs to."""
    try:
        rule, _places = town.app.url_map.bind("localhost").match(
            urlsplit(url).path, method=method, return_rule=True
        )
    except HTTPException:
        return None
    return str(rule.rule)


def read_forms(town: Town, persona: str, url: str, soup: BeautifulSoup) -> Iterator[Found]:
    """The forms of a page that change something; one for every button that says something of its own."""
    for form in soup.find_all("form"):
        if str(form.get("method", "")).lower() != "post":
            continue
        action = urljoin(url, str(form.get("action") or url))
        rule = rule_of(town, action, "POST")
        assert rule is not None, f"{url} has a form that leads to {action}"
        fields = tuple(_fields(form))
        named = [b for b in form.find_all("button") if b.get("name")]
        plain = len(named) < len(form.find_all("button"))
        for button in [*([None] if plain else []), *named]:
            pressed = (str(button["name"]), str(button.get("value", ""))) if button else None
            yield Found(persona, url, action, rule, fields, pressed)


def _fields(form: Tag) -> Iterator[Field]:
    boxes: dict[str, list[Tag]] = {}
    for tag in form.find_all(["input", "textarea", "select"]):
        name, kind = str(tag.get("name", "")), str(tag.get("type", "text"))
        if not name or name == "csrf_token" or kind in {"submit", "button"}:
            continue
        if kind in {"checkbox", "radio"}:
            boxes.setdefault(name, []).append(tag)
        elif tag.name == "select":
            options = tag.find_all("option")
            chosen = [str(o.get("value", "")) for o in options if o.has_attr("selected")]
            yield Field(
                name, "select", tuple(chosen), tuple(str(o.get("value", "")) for o in options)
            )
        elif tag.name == "textarea":
            yield Field(name, "textarea", (tag.get_text().removeprefix("\n"),))
        else:
            yield Field(name, kind, (str(tag.get("value", "")),))
    for name, tags in boxes.items():
        values = tuple(str(tag.get("value", "on")) for tag in tags)
        chosen = tuple(str(tag.get("value", "on")) for tag in tags if tag.has_attr("checked"))
        yield Field(name, str(tags[0]["type"]), chosen, values)
