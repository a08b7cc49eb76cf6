"""The database is locked by somebody else; the mail server hangs. What was typed stays, reading goes on."""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.core import outbox
from lms.core.db import db, reading
from lms.mentoring.models import Message
from tests.faults.instance import SOUND, Instance, Process, Web
from tests.faults.journeys import Setting, prepare, word
from tests.faults.ledger import Phone
from tests.faults.test_killed_worker import hurry, until, waiting
from tests.messaging.world import leave_address, mail_server
from tests.world import PASSPHRASE

pytestmark = pytest.mark.fault
BUSY_TIMEOUT = 5
# How long a mail that nobody takes is tried.
DEAF = 20
# A worker takes the next request when it is free, not while it waits: else reading queues behind a writer.
ONE_AT_A_TIME = ("--worker-connections", "1", "--keep-alive", "0")


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Another process of the host writes: a backup, an import, somebody's script. At least as long as the block."""
    other = sqlite3.connect(folder / "alongside.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    try:
        yield
        time.sleep(max(0.0, began + seconds - time.monotonic()))
    finally:
        other.execute("ROLLBACK")
        other.close()


def writer(web: Web, setting: Setting) -> tuple[Phone, str, dict[str, str]]:
    """Somebody with a message typed: her phone, where it goes, the form."""
    traveller = setting.travellers[0]
    phone = Phone(web.port)
    phone.sign_in(traveller.person.handle, PASSPHRASE)
    address = f"/en/pairs/{traveller.pair}/messages"
    phone.get(address)
    return phone, address, {**phone.hidden(address), "body": word()}


def messages() -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(Message)) or 0


def test_a_locked_database(sqlite: Instance, tell: Callable[[str], None]) -> None:
    with sqlite.inside():
        setting = prepare(sqlite.folder, 2)
    with Web(sqlite, SOUND, *ONE_AT_A_TIME) as web:
        phone, address, form = writer(web, setting)
        other = Phone(web.port)
        other.sign_in(setting.travellers[1].person.handle, PASSPHRASE)
        lesson = setting.item("les-first")
        other.get(lesson)

        with ThreadPoolExecutor(1) as pool:
            with locked(sqlite.folder, 3):
                waits = pool.submit(phone.ask, "POST", address, form)
            late = waits.result()
        assert late.status == 303

        phone.get(address)
        form = {**phone.hidden(address), "body": word()}
        with ThreadPoolExecutor(1) as pool, locked(sqlite.folder, 0):
            waits = pool.submit(phone.ask, "POST", address, form)
            time.sleep(0.3)
            # The lock is held until all of these have been answered: none of them waits for it.
            reads = [other.ask("GET", where) for where in (lesson, "/en/home", "/en/", lesson)]
            busy = waits.result()
        slowest = max(one.seconds for one in reads)
        tell(
            f"locked for 3 s: {late.status} after {late.seconds:.1f} s; for longer: {busy.status} after "
            f"{busy.seconds:.1f} s; slowest page meanwhile {slowest:.2f} s"
        )
        assert busy.status == 503
        assert int(busy.headers["retry-after"]) > 0
        assert form["body"] in unescape(busy.html), "what was typed is lost"
        assert busy.seconds < 2 * BUSY_TIMEOUT, "one wait is enough"
        assert [one.status for one in reads] == [200] * len(reads)

        # The page that says so carries the text: one press sends it again.
        phone.page = busy.html
        again = {**phone.hidden(address), "body": form["body"]}
        assert re.search(r'name="body"', busy.html)
        assert phone.ask("POST", address, again).status == 303
    with sqlite.inside():
        assert messages() == 2


@contextmanager
def deaf_server() -> Iterator[tuple[str, list[socket.socket]]]:
    """Takes calls and never says a word."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def take() -> None:
            while not stop.is_set():
                try:
                    taken.append(server.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{server.getsockname()[1]}", taken
        finally:
            stop.set()
            thread.join()
            for one in taken:
                one.close()


def test_a_mail_server_that_hangs(tmp_path: Path, tell: Callable[[str], None]) -> None:
    with deaf_server() as (url, taken):
        instance = Instance(tmp_path, mail_url=url)
        with instance.inside():
            setting = prepare(instance.folder, 2)
            leave_address(setting.mentor)
        with Web(instance, SOUND) as web, Process(instance, "-m", "tests.faults.worker", "sound"):
            phone, address, form = writer(web, setting)
            sent = phone.ask("POST", address, form)
            with instance.inside():
                assert until(lambda: bool(taken), 20), "the worker does not try to send"
            pages = [phone.ask("GET", where) for where in ("/en/home", address, setting.course)]
            phone.get(address)
            more = phone.ask("POST", address, {**phone.hidden(address), "body": word()})
        slowest = max(one.seconds for one in (sent, more, *pages))
        tell(f"a mail server that hangs: slowest page {slowest:.2f} s")
        assert (sent.status, more.status) == (303, 303)
        assert [one.status for one in pages] == [200] * len(pages)
        assert slowest < DEAF / 2, "a page waits for the mail server"
    instance.close()

    # It is back: what waited leaves, once.
    with mail_server() as (url, box):
        instance = Instance(tmp_path, mail_url=url)
        with instance.inside():
            assert waiting() == 1
            hurry()
            assert outbox.run_due() == 1
            assert outbox.run_due() == 0
        instance.close()
    assert len(box.mails) == 1
