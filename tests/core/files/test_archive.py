"""The archive reader: every trick that a zip knows, and an oracle outside of it."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.core.files import zips
from lms.core.files.archive import Archive
from lms.core.files.limits import Limits
from lms.core.files.refusal import Refused, Why
from tests.core.files.corpus import packed

pytestmark = pytest.mark.sqlite_only
SMALL = {"course.toml": b"title = 1\n", "pages/первая.md": "# Да\n".encode(), "empty": b""}


LIMITS = Limits()


def why(data: bytes, limits: Limits = LIMITS) -> Why | None:
    """Why the reader refuses. The very checks of the child, here without its start, which takes longer."""
    try:
        list(zips.contents(data, limits))
    except Refused as refused:
        return refused.why
    return None


def test_a_reason_finds_its_way_out_of_the_child() -> None:
    for data, reason in (
        (renamed("../out"), Why.NAMES),
        (b"PK", Why.BROKEN),
        (bomb(), Why.UNPACKED),
    ):
        with pytest.raises(Refused) as refused:
            Archive(data)
        assert refused.value.why is reason


def bomb() -> bytes:
    """Within every limit of the index, and more than a child may answer."""
    return packed({f"{number}": b"x" * 15_000_000 for number in range(4)})


def tree(folder: Path) -> str:
    """One hash over every path and content under a folder."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        seen.update(str(path).encode() + b"\0" + (path.read_bytes() if path.is_file() else b""))
    return seen.hexdigest()


def test_an_honest_archive_is_read_entry_by_entry() -> None:
    with Archive(packed(SMALL)) as archive:
        assert {entry.name: archive.read(entry) for entry in archive.entries} == SMALL
    with Archive(packed({**SMALL, "pages/": b""}, zipfile.ZIP_STORED)) as archive:
        assert {entry.name for entry in archive.entries} == set(SMALL)


def renamed(name: str) -> bytes:
    """An archive with one entry under any name at all: `zipfile` itself would tidy some of them up."""
    placeholder = "x" * len(name.encode())
    return (
        packed({placeholder: b"a"})
        .replace(placeholder.encode(), name.encode())
        .replace(*_utf8_flags(name, packed({placeholder: b"a"})))
    )


def _utf8_flags(name: str, _data: bytes) -> tuple[bytes, bytes]:
    # Version 20, flags 0 → flag 11 (UTF-8) in both headers.
    return (b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x00\x08\x08\x00")


NAMES = [
    "../out", "a/../../out", "/etc/out", "//host/out", "\\out", "a\\..\\out", "C:out", "C:/out", "a:stream",
    "con", "CON.txt", "a/nul", "lpt1.md", "a. ", "a.", " a", "a/./b", "a//b", "..", ".", "~/a",
    "a\u202etxt.exe", "a\nb", "a\rb", "a\x7fb", "a*b", 'a"b', "a<b", "a|b", "a\u200b", "x" * 300, "/".join("abcdefghi"),
    "\u2024\u2024/a", "a\uff3cb", "a\uff1ab", "\uff0fetc/out", "a/\u2025/out", "e\u0301.md", "a\u2215b:",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_elsewhere_or_deceive(name: str) -> None:
    assert why(renamed(name)) in {Why.NAMES, Why.BROKEN}


def test_the_names_of_that_test_are_what_is_refused() -> None:
    assert why(renamed("ab.md")) is None
    assert why(renamed("аб.md")) is None


def test_a_nul_in_a_name() -> None:
    assert why(packed({"a.txtXb": b"a"}).replace(b"a.txtXb", b"a.txt\0b")) == Why.NAMES


@pytest.mark.parametrize(
    "names",
    [
        ("a.md", "A.md"),
        ("straße", "STRASSE"),
        ("ﬁle", "file"),
        ("é", "É"),
        ("a", "a/b"),
        ("А.md", "а.md"),
        ("a/b", "A/B"),
    ],
)
def test_names_that_some_system_takes_for_one(names: tuple[str, str]) -> None:
    assert why(packed(dict.fromkeys(names, b"a"))) == Why.NAMES


def test_the_same_name_twice() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    assert why(out.getvalue()) == Why.NAMES


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFDIR]
)
def test_links_and_devices(kind: int) -> None:
    info = zipfile.ZipInfo("a")
    info.external_attr = (kind | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, b"/etc/passwd")
    assert why(out.getvalue()) == Why.LINK


def test_bombs() -> None:
    limits = Limits(entries=100, total=3_000_000, each=2_000_000, ratio=100)
    assert why(packed({"a": bytes(2_000_001)}), limits) == Why.UNPACKED
    assert why(packed({"a": bytes(1_900_000)}), limits) == Why.UNPACKED
    loose = Limits(entries=100, total=3_000_000, each=2_000_000, ratio=10_000)
    assert why(packed({"a": bytes(1_900_000)}), loose) is None
    assert why(packed({"a": bytes(1_900_000), "b": bytes(1_900_000)}), loose) == Why.UNPACKED


def test_an_index_that_says_too_little() -> None:
    """The size in the index is smaller than what comes out: reading stops there, and the check sum tells."""
    data = packed({"a": b"x" * 100_000})
    assert (
        why(data.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))) == Why.BROKEN
    )


def test_a_hundred_thousand_entries() -> None:
    assert why(packed({f"{number}": b"" for number in range(2_001)})) == Why.ENTRIES
    # A hundred thousand lines of an index are never read: how many there are stands at the end.
    many = b"PK\x03\x04" + b"PK\x01\x02".ljust(50, b"\0") * 65_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_000, 65_000, len(many) - 4, 4, 0)
    assert why(many + end) == Why.ENTRIES


def test_archives_inside() -> None:
    assert why(packed({"a.zip": packed({"b": b"c"})})) == Why.NESTED
    assert why(packed({"a.jpg": b"\x1f\x8b\x08" + bytes(20)})) == Why.NESTED
    assert why(packed({"a.tar": bytes(257) + b"ustar" + bytes(300)})) == Why.NESTED


def test_locked() -> None:
    data = bytearray(packed({"a": b"b"}))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1
    assert why(bytes(data)) == Why.LOCKED


def _end(data: bytes) -> int:
    return data.rindex(b"PK\x05\x06")


def overlapping() -> bytes:
    """Two lines of the index that mean the same bytes."""
    data = packed({"a": b"x" * 50, "b": b"y" * 50}, zipfile.ZIP_STORED)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    out = bytearray(data)
    out[second + 42 : second + 46] = bytes(4)
    return bytes(out)


def overlapping_bodies() -> bytes:
    """The first file's bytes run over the second one's."""
    data = bytearray(packed({"a": b"x" * 50, "b": b"y" * 50}, zipfile.ZIP_STORED))
    for at in (18, 22):
        data[at : at + 4] = struct.pack("<I", 80)
    first = data.index(b"PK\x01\x02")
    for at in (20, 24):
        data[first + at : first + at + 4] = struct.pack("<I", 80)
    return bytes(data)


def over_the_index() -> bytes:
    """The only file's bytes run over the index."""
    data = bytearray(packed({"a": b"x" * 50}, zipfile.ZIP_STORED))
    first = data.index(b"PK\x01\x02")
    for at in (18, 22, first + 20, first + 24):
        data[at : at + 4] = struct.pack("<I", 60)
    return bytes(data)


def test_entries_that_share_bytes() -> None:
    assert why(over_the_index()) == Why.OVERLAPPING
    assert why(overlapping()) in {Why.OVERLAPPING, Why.NAMES}
    assert why(overlapping_bodies()) == Why.OVERLAPPING


def _changed_end(at: int, value: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        end = _end(data) + at
        return data[:end] + value + data[end + len(value) :]

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: b"#!/bin/sh\n" + data, id="something before"),
        pytest.param(lambda data: data + b"<script>", id="something behind"),
        pytest.param(lambda data: data[:-10], id="cut"),
        pytest.param(lambda data: data[: _end(data)], id="no end"),
        pytest.param(
            lambda data: data[: _end(data)] + b"PK\x06\x07" + bytes(16) + data[_end(data) :],
            id="zip64",
        ),
        pytest.param(_changed_end(8, b"\xff\xff\xff\xff"), id="zip64 count"),
        pytest.param(_changed_end(12, b"\xff\xff\xff\xff"), id="zip64 size"),
        pytest.param(_changed_end(16, b"\xff\xff\xff\xff"), id="zip64 place"),
        pytest.param(_changed_end(4, b"\x01\x00"), id="second volume"),
        pytest.param(_changed_end(10, b"\x01\x00"), id="count too small"),
        pytest.param(_changed_end(8, b"\x09\x00\x09\x00"), id="count too large"),
        pytest.param(lambda _data: b"", id="nothing"),
        pytest.param(lambda _data: b"PK\x05\x06" + bytes(18), id="empty"),
    ],
)
def test_broken_and_lying_ends(change: Callable[[bytes], bytes]) -> None:
    assert why(change(packed(SMALL))) in {Why.BROKEN, Why.ENTRIES, Why.NAMES, Why.OVERLAPPING}


def test_two_names_for_one_entry() -> None:
    """The local header and the index disagree: two readers would see two archives."""
    data = packed({"good.md": b"a"})
    assert why(data.replace(b"good.md", b"evil.md", 1)) in {Why.NAMES, Why.BROKEN}


def test_nothing_is_written_anywhere_and_a_naive_reader_is_caught(tmp_path: Path) -> None:
    inside = tmp_path / "scratch"
    inside.mkdir()
    before = tree(tmp_path)
    bad = renamed("../out")
    assert why(bad) == Why.NAMES
    with Archive(packed(SMALL)) as archive:
        assert all(archive.read(entry) is not None for entry in archive.entries)
    assert tree(tmp_path) == before
    # The planted fault: a reader without the check on `..`. The same oracle must see what it does.
    with zipfile.ZipFile(io.BytesIO(bad)) as naive:
        for info in naive.infolist():
            (inside / info.filename).write_bytes(naive.read(info))
    assert tree(tmp_path) != before
    assert (tmp_path / "out").exists()
