"""Looks for words in the files of an instance, however they are written: plain, encoded, packed."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.disk import lying_in

ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
DEFLATED = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)
SHORTEST = 6  # bytes of a base64 that are the same wherever in a text the word stands


def forms(word: str) -> Iterator[bytes]:
    """The bytes that a word can be: both byte orders of UTF-16, JSON's escapes, base64 at each place, hex."""
    plain = word.encode()
    yield plain
    yield word.encode("utf-16-le")
    yield word.encode("utf-16-be")
    yield word.encode("unicode_escape")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for place in range(3):
        whole = base64.b64encode(b"\0" * place + plain)
        inner = whole[4 if place else 0 : len(whole) - 4]
        if len(inner) >= SHORTEST:
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")


def unpacked(content: bytes) -> Iterator[bytes]:
    """What is packed in some bytes: zlib streams, and the entries of a ZIP."""
    for found in ZLIB.finditer(content):
        yield _inflate(content[found.start() :], zlib.MAX_WBITS)
    for found in DEFLATED.finditer(content):
        name, extra = (int.from_bytes(part, "little") for part in found.groups())
        yield _inflate(content[found.start() + 30 + name + extra :], -zlib.MAX_WBITS)


def _inflate(content: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(content, 1 << 22)
    except zlib.error:
        return b""


def found_in(content: bytes, words: Iterable[str]) -> set[str]:
    """The words that stand in these bytes in any form."""
    layers = [content, *unpacked(content)]
    return {
        word for word in words if any(form in layer for form in forms(word) for layer in layers)
    }


def found_below(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """File → the words that stand in it, for every file of a folder."""
    wanted, found = list(words), {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if here := found_in(lying_in(path), wanted):
            found[path.name] = here
    return found
