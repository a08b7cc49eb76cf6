"""What a walk stops at: every page of the table of routes as everybody who may see it, and states between."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.instance import Instance
from tests.certificates.world import NAME
from tests.house.world import Town

MATRIX = tomllib.loads(
    (Path(__file__).parent.parent / "house" / "role_matrix.toml").read_text("utf-8")
)
# Whoever is not named here sees the pages of somebody who is.
WALKERS = ("guest", "learner", "mentor", "coordinator", "administrator")
# Answers that are files or plain words.
NO_PAGES = (
    "/health/live", "/health/ready", "/robots.txt", "/course-files/<name>",
    "/<lang>/certificates/<certificate>/file",
    "/<lang>/files/<file>", "/<lang>/text-files/<text_file>", "/<lang>/hours/statements/<statement>/file",
)  # fmt: skip


FILES = (".csv", ".zip", ".ics")
# Sent empty, these are done: no mistake to look at, and the next pages would be those of a changed pair.
DONE_WHEN_EMPTY = (
    "/<lang>/account/view", "/<lang>/notices/settings/wishes",
    "/<lang>/desk/<pair>/check-in", "/<lang>/pairs/<pair>/change", "/<lang>/pairs/<pair>/shares",
    "/<lang>/pairs/programmes/<programme>/state", "/<lang>/pairs/requests/<waiting>/priority",
    "/<lang>/pairs/waiting/<waiting>/propose", "/<lang>/pairs/rounds",
    "/<lang>/goals/steps/<goal_step>", "/<lang>/texts/<text>/decline", "/<lang>/meetings/<meeting>/agree",
    "/<lang>/meetings/<meeting>/answer", "/<lang>/meetings/<meeting>/settle",
    "/<lang>/hours/requests/<statement>", "/<lang>/circles/<circle>/accept",
)  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """One page: who opens which address; with `fields`, the answer to a form sent there."""

    who: str
    path: str
    fields: Mapping[str, Any] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        return f"{self.who} {'sends' if self.fields is not None else 'opens'} {self.path}"


def all_stops(instance: Instance, lang: str) -> list[Stop]:
    """All of them, the ones of one person together, forms after pages."""
    found = [*_routes(instance.town, lang), *_states(instance, lang)]
    return _in_turn([*found, *_forms(instance.town, lang)])


def narrow_stops(instance: Instance, lang: str) -> list[Stop]:
    """Every page once, with the forms: how wide it is does not depend on who looks."""
    return _in_turn([*main_stops(instance, lang), *_forms(instance.town, lang)])


def _forms(town: Town, lang: str) -> Iterator[Stop]:
    yield from _mistakes(town, lang)
    yield from _answers(town, lang)


def _in_turn(stops: list[Stop]) -> list[Stop]:
    return sorted(dict.fromkeys(stops), key=lambda stop: (stop.who, stop.fields is not None))


def main_stops(instance: Instance, lang: str) -> list[Stop]:
    """Every page of the table once, the home of everybody, a course and lessons that have pictures."""
    first: dict[str, Stop] = {}
    for stop in [*_routes(instance.town, lang), *_states(instance, lang)]:
        first.setdefault(stop.path, stop)
    homes = [Stop(who, f"/{lang}/home") for who in WALKERS if who != "guest"]
    return sorted(dict.fromkeys([*first.values(), *homes]), key=lambda stop: stop.who)


def _rows(method: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for name, cells in MATRIX["cells"].items():
        verb, rule = name.split("#")[0].split()
        if verb == method and rule not in NO_PAGES and not rule.endswith(FILES):
            yield name, rule, dict(zip(MATRIX["personas"], cells.split(), strict=True))


def _routes(town: Town, lang: str) -> Iterator[Stop]:
    for name, rule, cells in _rows("GET"):
        may = [who for who, cell in cells.items() if cell == "200"]
        # An administrator's page is a coordinator's with two doors more in the menu, which her own pages show.
        same = {"administrator"} if "coordinator" in may else set()
        path = town.address(rule, MATRIX["places"].get(name), lang)
        for who in [who for who in may if who in WALKERS and who not in same] or may[:1]:
            yield Stop(who, path)


def _states(instance: Instance, lang: str) -> Iterator[Stop]:
    ids, at = instance.town.ids, f"/{lang}"
    for number in range(1, 7):
        yield Stop("learner", f"{at}/tries/{ids['attempt_pid']}/{number}")
        yield Stop("learner", f"{at}/tries/{ids['sent']}/{number}")
    for path in ("home", "notices", "certificates", "cohorts", "your-data", "account"):
        yield Stop("newcomer", f"{at}/{path}")
    for who in ("guest", "learner"):
        yield Stop(who, f"{at}/nothing-here")
    for query in ("q=record", "q=zzz", "in=ru", "with=1"):
        yield Stop("guest", f"{at}/?{query}")
    yield Stop("guest", f"{at}/c?number=AAAA")
    yield Stop("learner", f"{at}/certificates/{ids['doubted']}")
    for course in instance.real.values():
        for who in ("guest", "learner"):
            yield Stop(who, f"{at}/courses/{course}")
    for item in instance.items[:6]:
        yield Stop("guest", f"{at}{item}")


def _answers(town: Town, lang: str) -> Iterator[Stop]:
    """Pages that come only as the answer to a form filled in well."""
    wanted = {"name": NAME, "lang": lang, "wording": "full"}
    yield Stop("learner", f"/{lang}/certificates/{town.ids['unnamed']}/claim", wanted)
    for name in (NAME, "Somebody Else"):
        yield Stop("guest", f"/{lang}/c/{town.ids['typed_number']}", {"name": name})


def _mistakes(town: Town, lang: str) -> Iterator[Stop]:
    """Every form with fields, sent empty by somebody who may send it; and one from a page of yesterday."""
    for name, rule, cells in _rows("POST"):
        may = [who for who, cell in cells.items() if cell in {"200", "303", "422"}]
        if name in MATRIX["forms"] and may and rule not in DONE_WHEN_EMPTY:
            path = town.address(rule, MATRIX["places"].get(name), lang)
            yield Stop(next((who for who in may if who in WALKERS), may[0]), path, {})
    typed = {"body": "What was typed before the sign-in ended. " * 3, "name": "Saule"}
    yield Stop("guest", f"/{lang}/pairs/{town.ids['pair']}/messages", typed)
    yield Stop("guest", f"/{lang}/sign-in", {"csrf_token": "old", "handle": "Heron 27"})
