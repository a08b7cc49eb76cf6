"""Leaked passphrases: what is refused, and that nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import breached
from lms.accounts.rules import Weak, make_passphrase, weakness

LEAKED = ("passwordstandard", "Q1w2-e3r4 t5y6u7i8", "1qazxsw23edcvfr4")
pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("one", LEAKED)
def test_a_leaked_one_is_refused_in_any_spelling(one: str) -> None:
    assert weakness(one, "heron") is Weak.COMMON


def test_what_we_suggest_is_taken() -> None:
    assert not [one for one in (make_passphrase("en") for _ in range(300)) if weakness(one, "x")]


@given(st.lists(st.text("abcdefgh ", min_size=15, max_size=20), max_size=30), st.text(max_size=20))
def test_each_one_of_a_list_is_found_and_no_other(leaked: list[str], other: str) -> None:
    made = breached.make(leaked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breached, "_prints", lambda: made)
        assert all(breached.is_breached(breached.squeeze(one)) for one in leaked)
        known = {breached.squeeze(one) for one in leaked}
        assert breached.is_breached(breached.squeeze(other)) == (breached.squeeze(other) in known)


def test_the_list_is_as_long_as_it_says() -> None:
    assert len(breached.FILE.read_bytes()) == 9_726 * 6
