"""A fault before any statement of any POST leaves all of it or nothing, and the same form then succeeds.

Which form is valid for a route, and as whom, the role matrix knows; `OTHERWISE` adds what needs a secret. What
a route leaves behind is compared by shape (rows added, removed, changed in which columns), for ids are random.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from lms.accounts import actions as accounts
from lms.accounts import queries as people
from lms.accounts import secrets
from lms.accounts.roles import Role
from lms.core import clock
from lms.core.db import Model, db, finish, transaction
from lms.matching.facts import Track
from lms.mentoring import actions as mentoring
from lms.programmes import profiles
from lms.safeguarding import actions as safeguarding
from lms.safeguarding import following
from lms.safeguarding.rules import Wish
from tests.client import Page
from tests.conftest import ENGINE, Tell
from tests.house.test_role_matrix import ROWS, Row, written
from tests.house.world import PERSONAS, Rows, Town, make_town

Shape = dict[str, Any]
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# Routes whose valid form needs a device, a picture or a second person; this number only gets smaller.
REFUSED_AT_MOST = 4
# The browser forgets whatever the database says, so a fault is not told (`test_disk.py`).
NEVER_REFUSED = {"/<lang>/sign-out"}
# Counters of tries are kept although a request is refused: that is what they are for.
COUNTERS = ("throttle",)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Town]:
    """One of everything."""
    with make_town(tmp_path_factory.mktemp("statements"), worker_id) as found:
        with found.app.app_context():
            prepare(found)
        found.remember()
        yield found


@dataclass(frozen=True)
class Case:
    """A form that is done: which route, as whom, where, with what."""

    name: str
    rule: str
    persona: str
    address: str
    form: dict[str, Any]

    def send(self, town: Town) -> TestResponse:
        """Send it. The same form each time, its key is that of the case.

        Later than anything in the town: within its last second, "since when" would not change.
        """
        with clock.at(clock.now() + timedelta(seconds=2)):
            return town.post(self.persona, self.address, {"form_key": "statements", **self.form})


# --- Which forms ---------------------------------------------------------------------------------

CODE = "recovery"
FIRST = "first token"
DIGITS = "digits"


def prepare(town: Town) -> None:
    """What only `otherwise` needs: a known recovery code, a token for a first administrator, duties nobody has."""
    code = secrets.new_recovery_code()
    learner = town.people["other learner"]
    with transaction():
        token = accounts.sign_in(learner.handle, learner.passphrase, own_phone=False)
        accounts.keep_recovery_code(people.by_id(learner.id), token, code)
        town.ids[FIRST] = accounts.make_first_token()
    town.ids[CODE] = code
    _give_duties(town)
    with transaction():
        town.ids[DIGITS] = following.give(
            safeguarding.raise_concern(None, Wish.TALK, "It was late.")
        )


def _give_duties(town: Town) -> None:
    """Two people read concerns, a scientist answers: nobody in town does, so that the matrix can say no to all."""
    with transaction():
        for lead in ("author", "other coordinator"):
            accounts.grant(town.people[lead].id, Role.SAFEGUARDING)
        card = profiles.Card("Marat K.", ["en"], 1)
        profiles.make_mentor(town.people["other mentor"].id, card, Track.SCIENTIST)


def otherwise(town: Town) -> dict[str, Case]:
    """Valid forms for routes whose row of the matrix has one that is refused."""
    learner = town.people["other learner"]
    anew = "nine otters under a tin roof"
    desk = "/<lang>/help/desk/<concern>"

    def case(rule: str, persona: str, form: dict[str, Any]) -> Case:
        return Case(f"POST {rule}", rule, persona, town.address(rule), form)

    known = [
        case(
            "/<lang>/sign-in",
            "guest",
            {"handle": learner.handle, "passphrase": learner.passphrase},
        ),
        case(
            "/<lang>/way-back",
            "guest",
            {"handle": learner.handle, "code": town.ids[CODE], "passphrase": anew},
        ),
        case("/<lang>/join/way-back", "learner", _typed_back(town)),
        case("/<lang>/first", "learner", {"code": town.ids[FIRST]}),
        case("/<lang>/again", "learner", {"passphrase": town.people["learner"].passphrase}),
        case("/<lang>/your-data/erase", "learner", {"handle": town.people["learner"].handle}),
        case("/<lang>/pairs/people/<profile>/suspend", "author", {}),
        case("/<lang>/pairs/people/<profile>/clear", "author", {"adults": "only"}),
        case("/<lang>/help/code", "guest", {"digits": town.ids[DIGITS], "body": "It came back."}),
        case("/<lang>/questions/queue/<asked>", "other mentor", {"take": "1"}),
        case(desk, "author", {"body": "She was called.", "kind": "answer"}),
        case(f"{desk}/hand", "author", {"to": town.people["other coordinator"].public_id}),
        case(f"{desk}/refer", "author", {"basis": "consent"}),
        case(f"{desk}/review", "author", {"keep": "1"}),
        case(f"{desk}/step", "author", {"to": "acknowledged"}),
    ]
    return {one.rule: one for one in known}


def _typed_back(town: Town) -> dict[str, Any]:
    """The page that shows a recovery code, and the two groups of it that are asked for."""
    page = Page(town.get("learner", "/en/join/way-back"), "/en/join/way-back").soup
    groups = [one.get_text(strip=True) for one in page.select(".sheet li b")]
    asked = re.findall(
        r"[Gg]roup (\d+)", " ".join(one.get_text(" ") for one in page.select("label"))
    )
    sealed = page.find(attrs={"name": "sealed"})
    assert sealed is not None
    typed = {name: groups[int(n) - 1] for name, n in zip(("first", "second"), asked, strict=True)}
    return {"sealed": str(sealed["value"]), **typed}


def cases(town: Town) -> list[Case]:
    """A form for every route that takes one."""
    known = otherwise(town)
    found = []
    for row in ROWS:
        if row.method != "POST" or re.search(" # (of a|that) ", row.name):
            continue
        if row.rule in known:
            found.append(known[row.rule])
            continue
        persona = _who(row)
        form = {name: town.ids.get(str(value)[1:], value) for name, value in row.form.items()}
        found.append(Case(row.name, row.rule, persona, town.address(row.rule, row.places), form))
    return found


def _who(row: Row) -> str:
    """Somebody for whom it is done; else somebody who is let in at least."""
    for cell in ("303", "200", "on", "422"):
        if cell in row.cells:
            return PERSONAS[row.cells.index(cell)]
    return "learner"


# --- What a request leaves -----------------------------------------------------------------------


def shape(before: Rows, after: Rows) -> Shape:
    """What is different: for each table how many rows are new, gone, and changed in which columns."""
    found = {}
    for name, rows in after.items():
        if name in COUNTERS or rows == before[name]:
            continue
        keys = [column.name for column in Model.metadata.tables[name].primary_key]
        old, new = (
            {tuple(map(repr, (row[key] for key in keys))): row for row in side}
            for side in (before[name], rows)
        )
        changed: Counter[str] = Counter(
            column
            for key in old.keys() & new.keys()
            for column in old[key]
            if old[key][column] != new[key][column]
        )
        difference = (
            len(new.keys() - old.keys()),
            len(old.keys() - new.keys()),
            sorted(changed.items()),
        )
        if difference != (0, 0, []):
            found[name] = difference
    return found


@dataclass
class Trip:
    """Counts the statements of a request; breaks before one of them."""

    at: int = 0
    seen: list[str] = field(default_factory=list)

    def __call__(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """One more statement."""
        self._next(statement)

    def commit(self, _connection: Any) -> None:
        """A commit is a point, too."""
        self._next("COMMIT")

    def _next(self, statement: str) -> None:
        self.seen.append(statement)
        if len(self.seen) == self.at:
            raise OperationalError(statement, None, RuntimeError("a planted fault"))

    @property
    def points(self) -> list[int]:
        """The places from the first write on; what is read before it can leave nothing."""
        writes = [n for n, one in enumerate(self.seen, 1) if WRITES.match(one)]
        return list(range(writes[0], len(self.seen) + 1)) if writes else []


@contextmanager
def watched(town: Town, at: int = 0) -> Iterator[Trip]:
    """Watch, or break, what the application asks the database meanwhile."""
    trip = Trip(at)
    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", trip)
    event.listen(engine, "commit", trip.commit)
    try:
        yield trip
    finally:
        event.remove(engine, "before_cursor_execute", trip)
        event.remove(engine, "commit", trip.commit)


def difference(town: Town, before: Rows) -> Shape:
    """What is different from the beginning."""
    return shape(before, town.rows())


def tried(town: Town, case: Case, whole: Shape, point: int, before: Rows) -> list[str]:
    """Break before one statement, then send the same form again. What is wrong with what is left."""
    wrong, where = [], f"{case.name} before statement {point}"
    with watched(town, point) as trip:
        answer = case.send(town)
    left = difference(town, before)
    if left not in ({}, whole):
        wrong.append(f"{where} ({trip.seen[point - 1][:60]}): {left}, the whole is {whole}")
    if len(trip.seen) >= point and answer.status_code != 503:
        wrong.append(f"{where}: told with {answer.status_code}")
    if answer.status_code == 503 and answer.headers.get("Set-Cookie", "").startswith("s="):
        wrong.append(f"{where}: the browser is told otherwise")
    if left == whole != {} and answer.status_code >= 400:
        wrong.append(f"{where}: {answer.status_code}, and all is done")
    again = case.send(town)
    if again.status_code >= 400 or difference(town, before) != whole:
        wrong.append(
            f"{where}, sent again: {again.status_code}, {difference(town, before)} for {whole}"
        )
    town.restore()
    return wrong


def sweep(
    town: Town, case: Case, choose: Callable[[list[int]], list[int]]
) -> tuple[int, list[str]]:
    """All chosen points of a form. Return how many there were (-1: it is refused), and what is wrong."""
    before = town.rows()
    with watched(town) as trip:
        answer = case.send(town)
    whole = difference(town, before)
    town.restore()
    if answer.status_code >= 400:
        return -1, []
    points = choose(trip.points)
    return len(points), [w for point in points for w in tried(town, case, whole, point, before)]


# --- The proofs ----------------------------------------------------------------------------------


def test_every_route_has_a_form(town: Town) -> None:
    there = {written(r) for r in town.app.url_map.iter_rules() if "POST" in (r.methods or ())}
    assert sorted(there - {case.rule for case in cases(town)}) == []


def test_all_or_nothing(
    town: Town, size: Callable[[int, int], int], figure: Tell, worker_id: str
) -> None:
    most, chance = size(2 if ENGINE == "sqlite" else 1, 1000), random.SystemRandom()

    def choose(points: list[int]) -> list[int]:
        return points if len(points) <= most else sorted(chance.sample(points, most))

    tried_points, wrong = 0, list[str]()
    covered_names, refused = list[str](), list[str]()
    # Restoring a whole town is slow on PostgreSQL: every fourth route there, all of them in the long form.
    for case in cases(town)[:: 1 if ENGINE == "sqlite" else size(4, 1)]:
        if case.rule in NEVER_REFUSED:
            continue
        count, found = sweep(town, case, choose)
        tried_points, wrong = tried_points + max(0, count), wrong + found
        (refused if count < 0 else covered_names).append(case.name)
    figure(f"routes swept with a fault at a statement, {ENGINE}", len(covered_names), "")
    figure(
        f"routes of which only a refusal is known, {ENGINE}: {', '.join(refused)}", len(refused), ""
    )
    figure(f"faults at statements, {ENGINE}", tried_points, "≥ 200")
    figure(f"operations half done after a fault at a statement, {ENGINE}", len(wrong), "= 0")
    assert len(refused) <= REFUSED_AT_MOST, "give the new ones a valid form in role_matrix.toml"
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


def test_a_commit_in_the_middle_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    real = mentoring.write_message

    def write_message(*given: Any) -> Any:
        made = real(*given)
        finish(keep=True)
        return made

    case = next(one for one in cases(town) if one.rule.endswith("/messages"))
    assert sweep(town, case, list)[1] == []
    monkeypatch.setattr(mentoring, "write_message", write_message)
    count, wrong = sweep(town, case, list)
    assert count > 2
    assert wrong, "the sweep must find what this view leaves"
