"""The one way in: what somebody sends becomes a kind and clean bytes, or a reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.files import process
from lms.core.files.kinds import Kind, Sent, kind_of
from lms.core.files.limits import MIB
from lms.core.files.refusal import Refused, Why
from lms.core.settings import Settings

_ONE_POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)
# What the child has memory for.
MOST_MEGAPIXELS = 40


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that may be kept."""

    kind: Kind
    data: bytes


def take(sent: Sent, settings: Settings) -> Taken:
    """Judge one file; a picture comes out drawn anew. Slow: call it without an open transaction.

    Raises Refused.
    """
    if len(sent.data) > settings.file_mib * MIB:
        raise Refused(Why.LARGE)
    kind = kind_of(sent)
    if kind.picture:
        return Taken(kind, _redrawn(sent.data, kind, settings))
    if kind in {Kind.DOCX, Kind.ODT}:
        process.run("document", kind.value, data=sent.data).close()
    return Taken(kind, sent.data)


def _redrawn(data: bytes, kind: Kind, settings: Settings) -> bytes:
    points = min(settings.file_megapixels, MOST_MEGAPIXELS) * 1_000_000
    with process.run("picture", kind.value, str(points), data=data) as answer:
        picture = answer.read()
    if len(picture) > settings.file_mib * MIB:
        raise Refused(Why.LARGE)
    return picture


def health() -> list[str]:
    """What `flask doctor` says when no file could be looked into on this machine."""
    try:
        process.run("picture", "png", "1", data=_ONE_POINT).close()
    except Refused as refused:
        return [f"files can't be looked into ({refused.why}); is Pillow installed, is memory left?"]
    return []
