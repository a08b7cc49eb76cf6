"""What is asked of the servers: the same work of the application and of the reference.

Requests that change something can be sent once each; `reset` makes the data as it was.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select, text

from bench import seed
from bench.instance import Instance
from bench.load import Request, request
from bench.reference import create_app as create_reference
from bench.seed import COHORT, DONE, TESTERS
from lms.certificates.models import Certificate
from lms.core.db import db, reading, transaction

READERS = 64
SEE_OTHER = 303
MIX_BATCHES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """Requests of one kind for the application, and for the reference where it does the same work."""

    name: str
    ours: Sequence[Request]
    reference: Sequence[Request] = ()
    once: bool = False

    def turns(self, requests: Sequence[Request]) -> Iterator[Request]:
        """The requests in turn: for ever, or each once where it changes something."""
        return iter(requests) if self.once else cycle(requests)


@dataclass(frozen=True, slots=True)
class Pass:
    """The cookie of a signed-in browser, and the fields that its forms carry."""

    cookie: str
    csrf: str

    def body(self, path: str, **fields: str) -> bytes:
        """A form's fields with what guards it."""
        key = random.Random(path + self.cookie).randbytes(16).hex()
        return urlencode({"csrf_token": self.csrf, "form_key": key, **fields}).encode()


def _passes(
    app: Flask, people: Sequence[int], cookie: str, user: Callable[[int], str]
) -> dict[int, Pass]:
    """Sign people in without a request: the instance's own key signs the cookie."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    made = {}
    for person in people:
        with app.test_request_context():
            session.update(
                {"b": f"b{person}", "t": 4_000_000_000, "o": 4_000_000_000, "_fresh": True}
            )
            if person:
                session["_user_id"] = user(person)
            csrf = generate_csrf()
            made[person] = Pass(f"{cookie}={signer.dumps(dict(session))}", csrf)
    return made


class Work:
    """Every workload of an instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.size = instance, instance.size
        with instance.app.app_context(), reading():
            self.course = seed.first_outline()
            numbers = select(Certificate.number).where(Certificate.state == "issued").limit(READERS)
            self.numbers = list(db.session.scalars(numbers.order_by(Certificate.id)))
        staff = (seed.mentor_id(self.size), seed.coordinator_id(self.size))
        people = (0, *range(1, TESTERS + 1), *staff)
        self.mine = _passes(instance.app, people, "s", seed.token)
        self.theirs = _passes(self.reference_app(), people, "r", str)
        self.readers = range(1, READERS + 1)

    def reference_app(self) -> Flask:
        """The reference on this instance's data."""
        return create_reference(self.instance.environment)

    def all(self) -> list[Workload]:
        """All workloads, the mix last."""
        return [
            self._sign_in_form(), self._sign_in(), self._home(), self._outline(), self._lesson(), self._done(),
            self._question(), self._send(), self._mentees(), self._cohort(), self._claim(), self._file(),
            self._check(), self._mix(),
        ]  # fmt: skip

    # --- Reading ---------------------------------------------------------------------------------

    def _pages(
        self, name: str, ours: str, theirs: str = "", people: Sequence[int] = ()
    ) -> Workload:
        readers = people or self.readers
        return Workload(
            name,
            [request(ours, self.mine[one].cookie) for one in readers],
            [request(theirs, self.theirs[one].cookie) for one in readers] if theirs else (),
        )

    def _home(self) -> Workload:
        return self._pages("dashboard", "/en/home", "/home")

    def _outline(self) -> Workload:
        path = f"/courses/{self.course.public_id}"
        return self._pages("course outline", f"/en{path}", path)

    def _lesson(self) -> Workload:
        path = f"/courses/{self.course.public_id}/{self.course.items[DONE].public_id}"
        return self._pages("lesson", f"/en{path}", path)

    def _sign_in_form(self) -> Workload:
        return Workload("sign-in form", [request("/en/sign-in")], [request("/sign-in")])

    def _question(self) -> Workload:
        return Workload(
            "quiz question",
            [
                request(f"/en/tries/{seed.open_attempt(one)}/3", self.mine[one].cookie)
                for one in self.readers
            ],
            [
                request(f"/tries/{seed.open_attempt(one)}/3", self.theirs[one].cookie)
                for one in self.readers
            ],
        )

    def _mentees(self) -> Workload:
        return self._pages("mentor's 20", "/en/pairs", "/pairs", [seed.mentor_id(self.size)])

    def _cohort(self) -> Workload:
        path = f"/cohorts/{seed.public_id('co', 1)}"
        return self._pages(
            f"cohort of {COHORT}", f"/en{path}", path, [seed.coordinator_id(self.size)]
        )

    def _file(self) -> Workload:
        people = self.readers
        path = "/en/certificates/{}/file"
        packets = [
            request(path.format(seed.public_id("k", one)), self.mine[one].cookie) for one in people
        ]
        return Workload("certificate file", packets)

    def _check(self) -> Workload:
        return Workload(
            "certificate check",
            [request(f"/en/c/{number}") for number in self.numbers],
            [request(f"/c/{number}") for number in self.numbers],
        )

    # --- Writing ---------------------------------------------------------------------------------

    def _posts(
        self, name: str, path: Callable[[int], str], fields: Callable[[int], dict[str, str]] | None = None,
        *, reference: bool = True,
    ) -> Workload:  # fmt: skip
        given = fields or (lambda _one: {})
        everybody = range(1, TESTERS + 1)

        def post(prefix: str, passes: dict[int, Pass], one: int) -> Request:
            known = passes[one]
            return request(
                f"{prefix}{path(one)}", known.cookie, known.body(path(one), **given(one)), SEE_OTHER
            )

        return Workload(
            name,
            [post("/en", self.mine, one) for one in everybody],
            [post("", self.theirs, one) for one in everybody] if reference else (),
            once=True,
        )

    def _done(self) -> Workload:
        item = self.course.items[DONE]
        return self._posts(
            "lesson done", lambda _one: f"/courses/{self.course.public_id}/{item.public_id}/done"
        )

    def _send(self) -> Workload:
        return self._posts("quiz submit", lambda one: f"/tries/{seed.open_attempt(one)}/finish")

    def _claim(self) -> Workload:
        fields = {"name": "Aida K.", "lang": "en", "wording": "full", "make": "1"}
        path = lambda one: f"/certificates/{seed.public_id('w', one)}/claim"  # noqa: E731
        return self._posts("certificate issue", path, lambda _one: fields, reference=False)

    def _sign_in(self) -> Workload:
        def post(path: str, known: Pass, one: int) -> Request:
            body = known.body(path, handle=f"Person {one}", passphrase=seed.PASSPHRASE)
            return request(path, known.cookie, body, SEE_OTHER)

        return Workload(
            "sign-in",
            [post("/en/sign-in", self.mine[0], one) for one in self.readers],
            [post("/sign-in", self.theirs[0], one) for one in self.readers],
        )

    # --- The mix ---------------------------------------------------------------------------------

    def _mix(self) -> Workload:
        """60 % lessons, 15 % dashboard, 10 % done, 5 % quiz submit, 5 % sign-in, 5 % other."""
        shares = {
            self._lesson(): 60, self._home(): 15, self._done(): 10, self._send(): 5,
            self._sign_in(): 5, self._outline(): 2, self._question(): 2, self._check(): 1,
        }  # fmt: skip
        ours = {workload.turns(workload.ours): share for workload, share in shares.items()}
        theirs = {workload.turns(workload.reference): share for workload, share in shares.items()}
        return Workload("mix", _mixed(ours), _mixed(theirs), once=True)

    # --- Between rounds --------------------------------------------------------------------------

    def reset(self) -> None:
        """Undo what the testers did: marks, attempts, certificates, keys of forms, counters, sign-ins."""
        items = self.course.items
        values = {
            "testers": TESTERS, "quiz": items[-1].id, "done": items[DONE].id,
            "seeded": seed.coordinator_id(self.size),
        }  # fmt: skip
        with self.instance.app.app_context(), transaction():
            for statement in _RESET:
                db.session.execute(text(statement), values)


_RESET = (
    "DELETE FROM completion WHERE enrolment_id <= :testers AND item_id IN (:quiz, :done)",
    """UPDATE attempt SET state = 'open', submitted_at = NULL, points = '0', out_of = 0, percent = NULL,
    passed = false WHERE person_id <= :testers AND public_id LIKE 't%'""",
    """UPDATE certificate SET state = 'waiting', name_sealed = NULL, salt = NULL, commitment = NULL,
    lang = NULL, issued_at = NULL WHERE person_id <= :testers AND public_id LIKE 'w%'""",
    "DELETE FROM sign_in WHERE id > :seeded",
    *(f"DELETE FROM {table}" for table in ("form_key", "throttle", "outbox", "notice")),
)


def _mixed(shares: dict[Iterator[Request], int]) -> list[Request]:
    """Batches of a hundred, each in an order of its own."""
    chance = random.Random(seed.SEED)
    made: list[Request] = []
    for _ in range(MIX_BATCHES):
        batch = [next(turns) for turns, share in shares.items() for _ in range(share)]
        chance.shuffle(batch)
        made += batch
    return made
