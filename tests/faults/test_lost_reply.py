"""The request arrives, the answer does not; the same form arrives many times at once: done once, told alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from lms.core.db import db, reading
from lms.mentoring.models import Message
from tests.conftest import Tell
from tests.faults.instance import SOUND, Instance, Web
from tests.faults.journeys import prepare, word
from tests.faults.ledger import Phone
from tests.faults.proxy import BadLink
from tests.faults.siege import Siege
from tests.world import PASSPHRASE

pytestmark = pytest.mark.fault


def submits(siege: Siege) -> int:
    """How many forms were sent."""
    return sum(one.sent for one in siege.ledger.entries)


def test_answers_that_do_not_arrive(
    instance: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    siege, wanted = Siege(instance, seed), size(150, 10_000)
    with Web(instance, SOUND) as web, BadLink(web.port, seed) as link:
        siege.travel(link.port, lambda: submits(siege) >= wanted)
    truth, name = siege.truth(), instance.engine
    spoiled = sum(link.spoiled[way] for way in link.spoiled if way != "whole")
    figure(f"submits over a bad link, {name}", submits(siege), "≥ 10000")
    figure(f"answers to submits that did not arrive whole, {name}", spoiled, "≥ 1000")
    figure(f"lost over a bad link, {name}", len(truth.lost), "= 0")
    figure(f"done twice over a bad link, {name}", len(truth.twice), "= 0")
    assert siege.ledger.unexpected == []
    assert submits(siege) >= size(150, 1000)
    assert spoiled > 10
    assert (truth.lost, truth.twice, truth.half) == ([], [], [])


def test_a_form_without_a_memory_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    siege = Siege(sqlite, seed)
    with (
        Web(sqlite, "tests.faults.planted:forgetful()") as web,
        BadLink(web.port, seed) as link,
    ):
        for more in range(1, 20):
            siege.travel(link.port, lambda most=40 * more: submits(siege) >= most)
            if (truth := siege.truth()).twice:
                break
    tell(f"planted, forms without a memory: {truth}")
    assert truth.twice, "the harness must find what this server does twice"


def messages() -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(Message)) or 0


def test_many_at_once(instance: Instance, size: Callable[[int, int], int], figure: Tell) -> None:
    with instance.inside():
        setting = prepare(instance.folder, 1)
    who = setting.travellers[0]
    address = f"/en/pairs/{who.pair}/messages"
    rounds = (2, 12) if size(0, 1) == 0 else tuple(range(2, 51, 2))

    def phone_of(web: Web) -> Phone:
        phone = Phone(web.port)
        phone.sign_in(who.person.handle, PASSPHRASE)
        phone.get(address)
        return phone

    with Web(instance, SOUND) as web, ThreadPoolExecutor(50) as pool:
        phone, places, sent = phone_of(web), set(), 0
        for times in rounds:
            form = {**phone.hidden(address), "form_key": word(), "body": word()}
            posts = [
                pool.submit(phone.ask, "POST", address, form, patience=60) for _ in range(times)
            ]
            answers = [one.result() for one in posts]
            # Who waited too long for the others is told so, and sends it again.
            answers = [
                phone.ask("POST", address, form, patience=60) if one.status == 503 else one
                for one in answers
            ]
            places |= {(one.status, one.location) for one in answers}
            sent += times
        cookie = phone.cookie
    with Web(instance, SOUND) as web:
        phone = Phone(web.port)
        phone.cookie = cookie
        later = phone.ask("POST", address, form)
    with instance.inside():
        there = messages()
    figure(f"posts of the same forms at once, {instance.engine}", sent, "≥ 600")
    figure(f"messages too many after that, {instance.engine}", there - len(rounds), "= 0")
    assert places == {(303, address)}
    assert (later.status, later.location) == (303, address), "forgotten after a restart"
    assert there == len(rounds)
