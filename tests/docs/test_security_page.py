"""The numbers of docs/security.md are the numbers of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.accounts import actions as accounts
from lms.accounts import breached, locks, rules
from lms.certificates import actions as certificates
from lms.certificates import views as check
from lms.cohorts import actions as cohorts
from lms.core import throttle
from lms.goals.views import texts
from lms.learning import views as learning
from lms.messaging import views as messages
from lms.safeguarding import actions as concerns
from lms.safeguarding import following

pytestmark = pytest.mark.sqlite_only
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "security.md").read_text("utf-8")


def _free(what: str) -> str:
    (cell,) = re.findall(rf"^\| {what}[^|]*\|[^|]*\| ([^|]+) \|$", PAGE, re.MULTILINE)
    return str(cell)


def test_free_tries_are_those_of_the_code() -> None:
    for what in ("passphrase", "second step", "way back"):
        assert _free(what) == str(throttle.FREE_TRIES)
    assert _free("lock from outside") == f"{throttle.FREE_TRIES}; {locks.TRIES_AN_HOUR} an hour"
    assert _free("new accounts") == f"{accounts.NAMES_AN_HOUR} an hour"
    assert (
        _free("invitation codes of cohorts")
        == f"{throttle.FREE_TRIES}; {cohorts.GUESSES_AN_HOUR} an hour"
    )
    assert _free('"is this the name') == str(check.FREE_COMPARISONS)
    assert _free("printing a certificate") == str(certificates.FREE_PRINTS)
    assert _free("files of a task") == f"{learning.FILES_A_DAY} a day"
    assert learning.FILES_A_DAY == texts.FILES_A_DAY
    told = f"{concerns.ONE_PERSONS_A_DAY} a day; {concerns.GUESTS_AN_HOUR} an hour"
    assert _free("telling that") == told
    assert _free("invitation codes of circles") == str(throttle.FREE_TRIES)
    assert _free("the digits") == f"{throttle.FREE_TRIES}; {following.TRIES_AN_HOUR} an hour"
    assert _free('"no more mail"') == str(messages.FREE_PRESSES)
    assert f"at most {throttle.LONGEST.seconds // 60} minutes" in PAGE


def test_passphrases_are_those_of_the_code() -> None:
    assert f"{rules.SHORTEST} to {rules.LONGEST} characters" in PAGE
    assert f"{len(breached.FILE.read_bytes()) // 6:,} leaked" in PAGE
