"""What a zip may be, and reading one. Runs in the child only; `archive` is what the rest of the house uses.

Everything is judged from the index before a byte is unpacked, and again while it is: an index may lie.
"""

from __future__ import annotations

import encodings.cp437  # the names of old archives; later on the process can open no file
import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from lms.core.files.limits import MIB, Limits
from lms.core.files.refusal import Refused, Why
from lms.core.text import is_clean

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_SMALL = MIB
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|com\d|lpt\d)(\..*)?", re.IGNORECASE
)
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_LONGEST_NAME, _DEEPEST = 200, 8
assert encodings.cp437  # noqa: S101


def index(data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files of an archive (its folders are only names). Raises Refused for anything doubtful."""
    _judge_end(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise Refused(Why.BROKEN) from None
    for info in found:
        _judge_entry(info, limits)
    if sum(info.file_size for info in found) > limits.total:
        raise Refused(Why.UNPACKED)
    _judge_names([info.filename for info in found])
    _judge_places(data, found)
    return [info for info in found if not info.is_dir()]


def read(data: bytes, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    """One file of the archive. Raises Refused when it is not what the index says, or another archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(info) as file:
            content = file.read(limits.each + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        NotImplementedError,
        struct.error,
    ):
        raise Refused(Why.BROKEN) from None
    if len(content) != info.file_size:
        raise Refused(Why.BROKEN)
    if content.startswith(_ARCHIVES) or content[257:262] == b"ustar":
        raise Refused(Why.NESTED)
    return content


def contents(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file."""
    for info in index(data, limits):
        yield info.filename, read(data, info, limits)


def _judge_end(data: bytes, limits: Limits) -> None:
    """The end record: one volume, no zip64, the index right before it, nothing before and after the archive.

    The number of entries is asked here, since reading a long index costs memory.
    """
    place = data.rfind(b"PK\x05\x06")
    if place < 0 or len(data) - place < _END.size:
        raise Refused(Why.BROKEN)
    _, disk, first_disk, here, entries, size, start, comment = _unpack_end(data, place)
    zip64 = data[max(0, place - 20) : place].startswith(b"PK\x06\x07")
    if zip64 or 0xFFFF in {disk, first_disk, here, entries} or 0xFFFFFFFF in {size, start}:
        raise Refused(Why.ENTRIES if entries == 0xFFFF else Why.BROKEN)
    if entries > limits.entries:
        raise Refused(Why.ENTRIES)
    whole = place + _END.size + comment == len(data) and start + size == place
    if disk or first_disk or here != entries or not whole or not entries:
        raise Refused(Why.BROKEN)
    if data[start : start + size].count(b"PK\x01\x02") < entries:
        raise Refused(Why.BROKEN)


def _start_of_index(data: bytes) -> int:
    return _unpack_end(data, data.rfind(b"PK\x05\x06"))[6]


def _unpack_end(data: bytes, place: int) -> tuple[bytes, int, int, int, int, int, int, int]:
    sign, *numbers = _END.unpack_from(data, place)
    disk, first_disk, here, entries, size, start, comment = numbers
    return sign, disk, first_disk, here, entries, size, start, comment


def _judge_entry(info: zipfile.ZipInfo, limits: Limits) -> None:
    if not info.filename:
        raise Refused(Why.NAMES)
    if info.flag_bits & 0x2041:
        raise Refused(Why.LOCKED)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(Why.BROKEN)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR} or (kind == stat.S_IFDIR) > info.is_dir():
        raise Refused(Why.LINK)
    packed_far = info.file_size > limits.ratio * max(1, info.compress_size)
    stored = info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size
    if info.file_size > limits.each or (info.file_size > _SMALL and packed_far):
        raise Refused(Why.UNPACKED)
    if stored or (info.is_dir() and info.file_size):
        raise Refused(Why.BROKEN)


def _judge_names(names: list[str]) -> None:
    """No name that leads anywhere else on any system, and no two that some system would take for one."""
    seen: dict[str, bool] = {}
    for name in names:
        _judge_name(name)
        key = unicodedata.normalize("NFKC", name.rstrip("/")).casefold()
        key = unicodedata.normalize("NFKC", key)
        if key in seen:
            raise Refused(Why.NAMES)
        seen[key] = name.endswith("/")
    for key in seen:
        for parent in PurePosixPath(key).parents:
            if seen.get(str(parent)) is False:
                raise Refused(Why.NAMES)


def _judge_name(name: str) -> None:
    # Some systems fold a name when they write it: full-width dots and slashes lead away there, too.
    folded = unicodedata.normalize("NFKC", name)
    parts = folded.removesuffix("/").split("/")
    bad = (
        len(name) > _LONGEST_NAME
        or len(parts) > _DEEPEST
        or not is_clean(name)
        or unicodedata.normalize("NFC", name) != name
        or any(char in folded for char in '\\:*?"<>|')
        or any(_leads_away(part) for part in parts)
    )
    if bad:
        raise Refused(Why.NAMES)


def _leads_away(part: str) -> bool:
    plain = part.rstrip(". ")
    return (
        plain != part or part.startswith((" ", "~")) or not plain or bool(_DEVICE.fullmatch(plain))
    )


def _judge_places(data: bytes, found: list[zipfile.ZipInfo]) -> None:
    """Each file has bytes of its own, the first at the very beginning, with the name that the index says."""
    free = 0
    for info in sorted(found, key=lambda one: one.header_offset):
        start = info.header_offset
        if start < free or (free == 0 and start):
            raise Refused(Why.OVERLAPPING)
        try:
            head = _LOCAL.unpack_from(data, start)
        except struct.error:
            raise Refused(Why.BROKEN) from None
        name, extra = head[-2:]
        body = start + _LOCAL.size
        said = data[body : body + name].decode(
            "utf-8" if info.flag_bits & 0x800 else "cp437", "replace"
        )
        if head[0] != b"PK\x03\x04" or said != info.orig_filename or info.filename != said:
            raise Refused(Why.NAMES)
        free = body + name + extra + info.compress_size
    if free > _start_of_index(data):
        raise Refused(Why.OVERLAPPING)
