"""Lock from outside, at real servers: every sign-in is refused within a second, by every worker."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from lms.accounts import locks
from lms.core.db import transaction
from tests.faults.instance import Instance, Web
from tests.faults.ledger import Phone
from tests.world import PASSPHRASE, make_person

pytestmark = pytest.mark.fault
SIGN_INS = 20
HOME = "/en/home"


def live(phones: list[Phone]) -> int:
    """How many of the phones still see their home."""
    return sum(phone.ask("GET", HOME).status == 200 for phone in phones)


def test_every_sign_in_is_refused_within_a_second(
    instance: Instance, figure: Callable[[str, float, str], None]
) -> None:
    with instance.inside():
        person = make_person("Kestrel")
        with transaction():
            link = locks.make(person.id)
    with Web(instance) as web:
        phones = [Phone(web.port) for _ in range(SIGN_INS)]
        for phone in phones:
            phone.sign_in(person.handle, PASSPHRASE)
        assert live(phones) == SIGN_INS

        friend, address = Phone(web.port), f"/en/l/{link.place}"
        friend.get(address)
        wrong = {**friend.hidden(address), "code": "000000000000"}
        assert friend.ask("POST", address, wrong).status == 200
        assert live(phones) == SIGN_INS, "the planted mistake: wrong digits lock nobody"

        right = {**friend.hidden(address), "code": link.digits}
        began = time.monotonic()
        assert friend.ask("POST", address, right).status == 200
        assert live(phones) == 0
        took = time.monotonic() - began
        # Each of the workers has answered several of the twenty.
        figure(
            f"lock to last refusal, {SIGN_INS} sign-ins, {instance.engine}, ms",
            took * 1000,
            "≤ 1000",
        )

        taken = Phone(web.port)
        taken.get("/en/sign-in")
        fields = {**taken.hidden("/sign-in"), "handle": person.handle, "passphrase": PASSPHRASE}
        assert taken.ask("POST", "/en/sign-in", fields).status == 422
