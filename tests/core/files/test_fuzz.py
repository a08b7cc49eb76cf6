"""Broken copies of every kind of file: a file or a reason comes out, whatever goes in; quick here, long in the soak."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lms.core.files import zips
from lms.core.files.intake import take
from lms.core.files.kinds import Sent
from lms.core.files.limits import Limits
from lms.core.files.refusal import Refused, Why
from lms.core.settings import Settings
from tests.core.files import corpus

pytestmark = pytest.mark.sqlite_only


def broken(data: bytes, chance: random.Random) -> bytes:
    """A copy with some bytes changed, cut out, doubled or put elsewhere."""
    copy = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(max(1, len(copy)))
        end = min(len(copy), start + chance.choice((1, 2, 4, 8, 64)))
        copy[start:end] = chance.choice(
            (
                b"",
                chance.randbytes(end - start),
                b"\xff" * (end - start),
                bytes(end - start),
                copy[start:end] * 2,
            )
        )
    return bytes(copy)


def test_broken_files_end_as_a_file_or_a_reason(
    size: Callable[[int, int], int], figure: Any
) -> None:
    seed = random.randrange(10**9)
    chance, ends = random.Random(seed), Counter()
    photos = {"jpg": corpus.photo("JPEG"), "png": corpus.photo("PNG"), "webp": corpus.photo("WEBP")}
    files = corpus.honest() | photos
    for _ in range(size(12, 2_000)):
        kind = chance.choice(("jpg", "png", "webp", "docx", "odt"))
        try:
            taken = take(Sent(f"a.{kind}", "", broken(files[kind], chance)), Settings(mode="test"))
            ends["taken"] += 1
            assert not taken.kind.picture or corpus.PLACE not in taken.data
        except Refused as refused:
            ends[refused.why] += 1
    figure(f"broken files judged (seed {seed})", ends.total())
    figure("of them the child died of", ends[Why.SLOW])


def test_broken_archives_never_break_the_reader(
    size: Callable[[int, int], int], figure: Any
) -> None:
    """Here without the child, so that an error that nobody foresaw is seen as what it is."""
    seed = random.randrange(10**9)
    chance, ends = random.Random(seed), Counter()
    whole = corpus.packed({"a/b.md": b"x" * 400, "c": b"y", "\u0434": b"z" * 2_000, "d/": b""})
    for _ in range(size(1_500, 200_000)):
        try:
            files = list(zips.contents(broken(whole, chance), Limits()))
        except Refused as refused:
            ends[refused.why] += 1
            continue
        ends["read"] += 1
        assert all(".." not in name and not name.startswith("/") for name, _content in files)
    figure(f"broken archives judged (seed {seed})", ends.total())
    assert len(ends) >= 3, ends
