"""What is sealed to persons opens for them, in their own requests, where it stands, and nowhere else."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask, session
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import actions, queries, secrets, vault
from lms.accounts.models import Person
from lms.accounts.vault import KeyGone, Opener, SharedKeys
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.policy import SignInNeeded, StepUpNeeded
from lms.core.sealing import CannotOpen, Place, seal, unseal
from tests.client import Browser
from tests.mentoring.world import make_pair, write
from tests.vaults import opener_of
from tests.world import make_person

CODE = Path(__file__).resolve().parents[2] / "lms"
HERE = Place("note", "body", "row1", "owner1")
PRIVATE, PUBLIC = secrets.new_pair()
OTHERS_PRIVATE, OTHERS_PUBLIC = secrets.new_pair()
OPENER = Opener("owner1", PRIVATE)
KEYS = SharedKeys({1: bytes(range(32)), 2: bytes(range(1, 33))})
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


# --- Pure ----------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@given(plain=st.binary(max_size=300))
def test_to_a_person_and_back(plain: bytes) -> None:
    sealed = vault.seal_with(PUBLIC, plain, HERE)
    assert OPENER.open_bytes(sealed, HERE) == plain
    assert plain not in sealed or len(plain) < 3


@pytest.mark.sqlite_only
@given(text=TEXTS)
def test_to_several_and_back(text: str) -> None:
    assert KEYS.open(KEYS.seal(text, HERE), HERE) == text


@pytest.mark.sqlite_only
@given(plain=st.binary(max_size=80), bit=st.integers(min_value=0))
def test_any_flipped_bit_fails_for_a_person(plain: bytes, bit: int) -> None:
    broken = bytearray(vault.seal_with(PUBLIC, plain, HERE))
    bit %= len(broken) * 8
    broken[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(CannotOpen):
        OPENER.open_bytes(bytes(broken), HERE)


@pytest.mark.sqlite_only
@given(text=TEXTS, bit=st.integers(min_value=0))
def test_any_flipped_bit_fails_for_several(text: str, bit: int) -> None:
    broken = bytearray(KEYS.seal(text, HERE))
    bit %= len(broken) * 8
    broken[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(CannotOpen):
        KEYS.open(bytes(broken), HERE)


@pytest.mark.sqlite_only
def test_every_flipped_bit_fails() -> None:
    for sealed, opened in (
        (vault.seal_with(PUBLIC, b"five words in a row", HERE), OPENER.open),
        (KEYS.seal("five words in a row", HERE), KEYS.open),
    ):
        for bit in range(len(sealed) * 8):
            broken = bytearray(sealed)
            broken[bit // 8] ^= 1 << (bit % 8)
            with pytest.raises(CannotOpen):
                opened(bytes(broken), HERE)


@pytest.mark.sqlite_only
@given(length=st.integers(min_value=0, max_value=200))
def test_a_shortened_text_fails(length: int) -> None:
    for sealed, opened in (
        (vault.seal_with(PUBLIC, b"five words in a row", HERE), OPENER.open),
        (KEYS.seal("five words in a row", HERE), KEYS.open),
    ):
        with pytest.raises(CannotOpen):
            opened(sealed[: length % len(sealed)], HERE)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("part", ["table", "column", "row", "owner"])
def test_a_moved_text_fails(part: str) -> None:
    elsewhere = dataclasses.replace(HERE, **{part: "other"})
    with pytest.raises(CannotOpen):
        Opener(elsewhere.owner, PRIVATE).open(vault.seal_with(PUBLIC, b"x", HERE), elsewhere)
    with pytest.raises(CannotOpen):
        KEYS.open(KEYS.seal("x", HERE), elsewhere)


@pytest.mark.sqlite_only
def test_another_person_and_another_pair_open_nothing() -> None:
    sealed, shared = vault.seal_with(PUBLIC, b"x", HERE), KEYS.seal("x", HERE)
    with pytest.raises(KeyGone):
        Opener("owner1", OTHERS_PRIVATE).open(sealed, HERE)
    with pytest.raises(KeyGone):
        Opener("owner2", PRIVATE).open(sealed, HERE)
    with pytest.raises(CannotOpen):
        SharedKeys({2: bytes(32)}).open(shared, HERE)
    with pytest.raises(KeyGone):
        SharedKeys({1: bytes(32)}).open(shared, HERE)
    with pytest.raises(KeyGone):
        SharedKeys({}).seal("x", HERE)


@pytest.mark.sqlite_only
def test_the_newest_key_seals_and_each_opens_its_own() -> None:
    before = SharedKeys({1: bytes(range(32))})
    assert KEYS.open(before.seal("earlier", HERE), HERE) == "earlier"
    with pytest.raises(KeyGone):
        before.open(KEYS.seal("later", HERE), HERE)


@pytest.mark.sqlite_only
def test_what_several_sealed_before_still_opens() -> None:
    words, tag = "68d5c3bb955beccf6cdb", "3ee57225b06e697d047d949b7307b503"
    sealed = bytes.fromhex("04" + "0102" + "00" * 12 + words + tag)
    assert SharedKeys({258: bytes(range(32))}).open(sealed, HERE) == "five words"


@pytest.mark.sqlite_only
def test_what_is_wrong_is_told_apart() -> None:
    to_one, shared = vault.seal_with(PUBLIC, b"x", HERE), KEYS.seal("x", HERE)
    for sealed in (b"", shared, b"\x04" + to_one[1:]):
        with pytest.raises(CannotOpen, match="another form"):
            OPENER.open(sealed, HERE)
    for sealed in (b"", b"\x04", b"\x03" + shared[1:], to_one):
        with pytest.raises(CannotOpen, match="another form"):
            KEYS.open(sealed, HERE)
    with pytest.raises(KeyGone, match="somebody else"):
        Opener("owner2", PRIVATE).open(to_one, HERE)
    with pytest.raises(KeyGone, match="changed, moved"):
        OPENER.open(to_one[:9], HERE)
    with pytest.raises(KeyGone, match="no shared key"):
        SharedKeys({}).seal("x", HERE)
    with pytest.raises(KeyGone, match="earlier shared key"):
        SharedKeys({1: bytes(32)}).open(shared, HERE)


@pytest.mark.sqlite_only
def test_a_shared_key_is_random_and_long_enough() -> None:
    made = {vault.new_shared_key() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {32}
    assert KEYS
    assert not SharedKeys({})


def test_only_somebody_can_be_sealed_to(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        with reading():
            with pytest.raises(LookupError, match="nobody"):
                vault.seal("x", HERE)
            [(number, (public_id, key))] = vault.public_keys([person.id, 0]).items()
            assert (number, public_id) == (person.id, person.public_id)
            here = Place("note", "body", "row1", person.public_id)
            assert opener_of(person).open(vault.seal_with(key, b"x", here), here) == "x"


def test_one_form_is_not_taken_for_another(app: Flask) -> None:
    with app.app_context(), transaction():
        forms = (seal("x", HERE), vault.seal_with(PUBLIC, b"x", HERE), KEYS.seal("x", HERE))
        readers = (unseal, OPENER.open, KEYS.open)
        for number, sealed in enumerate(forms):
            for other, reader in enumerate(readers):
                if number == other:
                    assert reader(sealed, HERE) == "x"
                else:
                    with pytest.raises(CannotOpen):
                        reader(sealed, HERE)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("thing", [OPENER, KEYS], ids=["opener", "shared"])
def test_keys_do_not_outlive_a_request(thing: object) -> None:
    for carry in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="outlive"):
            carry(thing)
    with pytest.raises(AttributeError):
        thing.kept_for_later = True  # type: ignore[attr-defined]
    for word in (repr(thing), str(thing)):
        assert word in {"<Opener>", "<SharedKeys>"}


def who_keeps(source: str) -> bool:
    """Whether code hands an opener to something that lasts longer than the request."""
    lines = [line for line in source.splitlines() if "unlocked()" in line or "private" in line]
    kept = r"session\[|\bg\.|cache|enqueue|extensions\[|after_commit"
    return any(re.search(kept, line.split("#")[0]) for line in lines)


@pytest.mark.sqlite_only
def test_no_room_keeps_an_opener() -> None:
    for path in CODE.rglob("*.py"):
        assert not who_keeps(path.read_text("utf-8")), path
    assert who_keeps("session['k'] = vault.unlocked()"), "the planted fault"


# --- In requests ---------------------------------------------------------------------------------


def asked(app: Flask, browser: Browser) -> Opener:
    """What `unlocked()` gives in a request of this browser."""
    cookie = browser.client.get_cookie("s")
    assert cookie is not None
    with app.test_request_context("/en/home", headers={"Cookie": f"s={cookie.value}"}):
        return vault.unlocked()


def test_the_browser_of_a_person_opens_what_is_hers(app: Flask) -> None:
    with app.app_context():
        one, other = make_person(), make_person()
        here = Place("note", "body", "row1", one.public_id)
        with transaction():
            sealed = vault.seal("for one alone", here)
    assert asked(app, Browser(app).sign_in(one)).open(sealed, here) == "for one alone"
    with pytest.raises(KeyGone):
        asked(app, Browser(app).sign_in(other)).open(sealed, here)


def test_a_new_passphrase_and_the_code_keep_everything(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        here = Place("note", "body", "row1", person.public_id)
        code = secrets.new_recovery_code()
        with transaction():
            sealed = vault.seal("still here", here)
            token = actions.sign_in(person.handle, person.passphrase, own_phone=False)
        with transaction():
            actions.keep_recovery_code(queries.by_id(person.id), token, code)
            actions.change_passphrase(
                queries.by_id(person.id), person.passphrase, "another four words here"
            )
        changed = dataclasses.replace(person, passphrase="another four words here")
        with reading():
            assert opener_of(changed).open(sealed, here) == "still here"
        with transaction():
            actions.recover(person.handle, code, "a third set of words now")
        changed = dataclasses.replace(person, passphrase="a third set of words now")
        with reading():
            assert opener_of(changed).open(sealed, here) == "still here"


def own_phone(app: Flask, person: object) -> Browser:
    browser = Browser(app)
    browser.get("/en/sign-in")
    fields = {"handle": person.handle, "passphrase": person.passphrase, "own_phone": "y"}  # type: ignore[attr-defined]
    browser.submit(fields)
    return browser


def test_on_ones_own_phone_sealed_pages_lock_after_half_an_hour(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        browser = own_phone(app, world.mentee)
        url = f"{world.url}/messages"
        assert browser.get(url).h1.startswith("Messages with")
        clock.shift(timedelta(minutes=29))
        assert browser.get(url).h1.startswith("Messages with")
        clock.shift(timedelta(minutes=29))
        assert browser.get(url).h1.startswith("Messages with"), "each look begins it anew"
        clock.shift(timedelta(minutes=20))
        assert browser.get("/en/home").status == 200
        clock.shift(timedelta(minutes=11))
        page = browser.get(url)
        assert not page.h1.startswith("Messages with"), "other pages do not keep it open"
        assert browser.get("/en/home").status == 200, "and stay open themselves"
        browser.get(url)
        browser.submit({"passphrase": world.mentee.passphrase})
        assert browser.get(url).h1.startswith("Messages with")


def test_a_shared_phone_does_not_lock_while_it_is_signed_in(app: Flask) -> None:
    with app.app_context():
        person = make_person()
    browser = Browser(app).sign_in(person)
    cookie = browser.client.get_cookie("s")
    assert cookie is not None
    with app.test_request_context("/en/home", headers={"Cookie": f"s={cookie.value}"}):
        session["f"] = session["o"] = 0
        vault.unlocked()
    # A guest has no key to open anything with.
    with app.test_request_context("/en/home"), pytest.raises(SignInNeeded):
        vault.unlocked()


def test_locked_raises(app: Flask) -> None:
    with app.app_context():
        person = make_person()
    browser = own_phone(app, person)
    cookie = browser.client.get_cookie("s")
    assert cookie is not None
    with app.test_request_context("/en/home", headers={"Cookie": f"s={cookie.value}"}):
        vault.unlocked()
        session["f"] = session["o"] = 0
        with pytest.raises(StepUpNeeded):
            vault.unlocked()


@pytest.fixture
def idle(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int | None, int], None]]:
    """Say how many seconds ago a sealed page was opened and the passphrase typed."""
    moment = 1_800_000_000
    monkeypatch.setattr(vault.time, "time", lambda: moment)

    def ago(opened: int | None, typed: int) -> None:
        session.clear()
        session["f"] = moment - typed
        if opened is not None:
            session["o"] = moment - opened

    with app.test_request_context("/en/home"):
        yield ago


LONG = 30 * 60


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("opened", "typed", "locked"),
    [
        (LONG, LONG, True),
        (LONG - 1, LONG, False),
        (LONG, LONG - 1, False),
        (None, LONG, True),
        (None, LONG - 1, False),
    ],
)
def test_when_a_phone_is_locked(
    idle: Callable[[int | None, int], None], opened: int | None, typed: int, locked: bool
) -> None:
    idle(opened, typed)
    assert vault.locked() is locked


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("opened", "noted"), [(None, True), (0, False), (60, False), (61, True)])
def test_a_look_is_noted_once_a_minute(
    idle: Callable[[int | None, int], None], opened: int | None, noted: bool
) -> None:
    idle(opened, 0)
    before = session.get("o")
    vault._opened()
    assert (session["o"] != before) is noted
    assert session["o"] == int(vault.time.time()) - (0 if noted else opened or 0)


@pytest.mark.sqlite_only
def test_a_sign_in_opens_for_its_own_person_only(
    idle: Callable[[int | None, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SimpleNamespace(person_id=1, own_phone=False, private_by_token=b"wrapped")
    monkeypatch.setattr(vault, "signed_in", lambda: SimpleNamespace(id=1, public_id="owner1"))
    monkeypatch.setattr(vault.signin, "token", lambda: "token")
    monkeypatch.setattr(vault.secrets, "unwrap", lambda *_: PRIVATE)
    sealed = vault.seal_with(PUBLIC, b"x", HERE)

    def opened(given: SimpleNamespace | None) -> str:
        monkeypatch.setattr(vault.signin, "found", lambda: given)
        return vault.unlocked().open(sealed, HERE)

    idle(LONG, LONG)
    assert opened(found) == "x", "a shared phone is signed out by another clock"
    assert session["o"] == int(vault.time.time())
    for other in (None, SimpleNamespace(**{**vars(found), "person_id": 2})):
        with pytest.raises(SignInNeeded):
            opened(other)
    found.own_phone = True
    assert opened(found) == "x"
    idle(LONG, LONG)
    with pytest.raises(StepUpNeeded):
        opened(found)


# --- Keys that are gone --------------------------------------------------------------------------


def give_new_pair(person_id: int, passphrase: str) -> None:
    with transaction():
        row = db.session.get_one(Person, person_id)
        actions.set_passphrase(row, passphrase, vault.new_pair(row))


def test_after_a_new_pair_of_keys_people_are_told_in_words(app: Flask) -> None:
    with app.app_context():
        world = make_pair()
        write(world, world.mentor, "Said before")
        give_new_pair(world.mentee.id, world.mentee.passphrase)
        write(world, world.mentor, "Said after")
        write(world, world.mentee, "And answered")
    mentee, mentor = Browser(app).sign_in(world.mentee), Browser(app).sign_in(world.mentor)
    page = mentee.get(f"{world.url}/messages")
    assert page.status == 200
    assert "Said before" not in page.html
    assert "can’t be opened any more" in page.text
    assert "Said after" in page.text
    page = mentor.get(f"{world.url}/messages")
    for words in ("Said before", "Said after", "And answered"):
        assert words in page.text


@pytest.mark.parametrize("loss", [vault.new_pair, vault.destroy])
def test_nobody_stays_signed_in_with_keys_that_are_gone(app: Flask, loss: object) -> None:
    with app.app_context():
        person, other = make_person(), make_person()
    browser, others = Browser(app).sign_in(person), Browser(app).sign_in(other)
    assert browser.get("/en/home").status == 200
    with app.app_context():
        with transaction():
            row = queries.by_id(person.id)
            row.private_by_recovery, row.recovery_hash = b"wrapped", b"hash"
            loss(row)  # type: ignore[operator]
        with reading():
            row = queries.by_id(person.id)
            assert (row.private_by_recovery, row.recovery_hash) == (None, None)
            assert queries.sign_in_count(person.id, now()) == 0
            assert queries.sign_in_count(other.id, now()) == 1
    assert others.get("/en/home").status == 200


def test_a_destroyed_person_opens_nothing(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        here = Place("contact", "address", person.public_id, person.public_id)
        with transaction():
            sealed = seal("somebody@example.org", here)
        with transaction():
            vault.destroy(queries.by_id(person.id))
        with reading():
            with pytest.raises(CannotOpen):
                unseal(sealed, here)
            row = queries.by_id(person.id)
            assert (row.private_by_passphrase, row.private_by_recovery) == (b"", None)


# --- One slow hash -------------------------------------------------------------------------------


def test_a_sign_in_runs_the_slow_hash_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        world = make_pair()
        write(world, world.mentor, "Hello")
    runs, real = [], secrets.hash_secret_raw

    def counted(*given: object) -> bytes:
        runs.append(given)
        return real(*given)

    monkeypatch.setattr(secrets, "hash_secret_raw", counted)
    browser = Browser(app).sign_in(world.mentee)
    assert "Hello" in browser.get(f"{world.url}/messages").text
    assert len(runs) == 1
