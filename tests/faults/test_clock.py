"""The server's clock jumps while it runs: pages come, what ends by time ends, what works once never works again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from lms.accounts.roles import Role
from tests.conftest import Tell
from tests.faults.instance import SOUND, Instance, Web
from tests.faults.ledger import Phone
from tests.world import Somebody, make_person

pytestmark = pytest.mark.fault
(LIBRARY,) = [*Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")] or [Path("/missing")]
# The clock that gunicorn watches its workers by jumps too, in this library.
PATIENT = ("--timeout", "0")
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = ("/en/", "/ru/about", "/en/home", "/en/account", "/en/sign-in", "/health/ready")
# Nights when clocks change, the leap day, the last second of 32 bits, and plain jumps.
JUMPS = {
    "a day on": START + timedelta(days=1),
    "a day back": START - timedelta(days=1),
    "400 days on": START + timedelta(days=400),
    "the night of 28 March": datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC),
    "the night of 31 October": datetime(2027, 10, 31, 0, 59, 59, tzinfo=UTC),
    "the leap day": datetime(2028, 2, 29, 23, 59, 58, tzinfo=UTC),
    "the end of 32 bits": datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    "back again": START + timedelta(minutes=5),
}


class Jumping(Instance):
    """An instance whose processes ask a file what time it is."""

    @property
    def environment(self) -> dict[str, str]:
        """The usual, and the clock."""
        clock = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "now"),
            "FAKETIME_NO_CACHE": "1",
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }
        return {**super().environment, **clock}

    def jump(self, moment: datetime) -> None:
        """It is this time now, for every process at once."""
        unfinished = self.folder / "now.new"
        unfinished.write_text(f"@{moment:%Y-%m-%d %H:%M:%S}\n")
        unfinished.replace(self.folder / "now")


@pytest.fixture
def jumping(tmp_path: Path) -> Jumping:
    """An instance at noon of a day."""
    found = Jumping(tmp_path)
    found.jump(START)
    return found


def _sign_in(phone: Phone, person: Somebody, code: str) -> bool:
    """The whole way in. Return whether it led to the person's own pages."""
    phone.get("/en/sign-in")
    fields = {"handle": person.handle, "passphrase": person.passphrase}
    phone.ask("POST", "/en/sign-in", {**phone.hidden("/sign-in"), **fields})
    phone.get("/en/second-step")
    if "/second-step" in phone.page:
        phone.ask("POST", "/en/second-step", {**phone.hidden("/second-step"), "code": code})
    return phone.ask("GET", "/en/account").status == 200


def test_the_clock_jumps(jumping: Jumping, figure: Tell, size: Callable[[int, int], int]) -> None:
    with jumping.inside():
        person = make_person("Kestrel", Role.COORDINATOR)
    codes = pyotp.TOTP(person.secret)
    first, used = START + timedelta(minutes=1), 0
    broken: list[str] = []
    with Web(jumping, SOUND, *PATIENT) as web:
        for _ in range(size(1, 10)):
            jumping.jump(first)
            old = Phone(web.port)
            code = codes.at(first)
            assert _sign_in(old, person, code), "signed in at noon"
            for name, moment in JUMPS.items():
                jumping.jump(moment)
                phone = Phone(web.port)
                broken += [
                    f"{name}: {page} {status}"
                    for page in PAGES
                    if (status := phone.ask("GET", page).status) not in {200, 303}
                ]
                answer = old.ask("GET", "/en/account").status
                if name == "400 days on":
                    assert answer != 200, "a sign-in outlived its time"
            # It ended for that moment only: a clock that was wrong for a minute signs nobody out for good.
            assert old.ask("GET", "/en/account").status == 200
            jumping.jump(first)
            used += _sign_in(Phone(web.port), person, code)
            first += timedelta(minutes=3)
    figure("answers of a server whose clock jumps that are no page", len(broken), "= 0")
    figure("codes that worked again after the clock went back", used, "= 0")
    assert broken == []
    assert used == 0


def test_the_clock_does_jump(jumping: Jumping) -> None:
    """The planted half: what the test believes of the server's time is so."""
    with Web(jumping, SOUND, *PATIENT) as web:
        phone = Phone(web.port)
        for moment in (START, START + timedelta(days=400)):
            jumping.jump(moment)
            seen = phone.ask("GET", "/health/live").headers["date"]
            assert seen.startswith(f"{moment:%a, %d %b %Y}"), seen
    assert os.environ.get("LD_PRELOAD") is None
