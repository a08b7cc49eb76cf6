"""Pictures, drawn anew from their pixels: what a phone wrote beside them (place, time, device) stays behind.

Runs in the child only.
"""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps, TiffImagePlugin, WebPImagePlugin

from lms.core.files.refusal import Refused, Why

# Longest side of what is kept: a page of a document stays readable, a photo takes a tenth.
LONGEST = 2560
_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_OPTIONS = {
    "jpg": {"quality": 85, "optimize": True},
    "png": {"compress_level": 6},
    "webp": {"quality": 85, "method": 2},
}

# Whatever a format needs is read now: later on the process can open no file.
Image.preinit()
_NEEDED = (TiffImagePlugin, WebPImagePlugin)  # which side is up; WebP itself
Image.MAX_IMAGE_PIXELS = None  # we ask ourselves, before anything is decoded


def redraw(data: bytes, kind: str, most_pixels: int) -> bytes:
    """The same picture without anything but its pixels, upright. Raises Refused."""
    try:
        return _redraw(data, kind, most_pixels)
    except MemoryError:
        raise Refused(Why.PIXELS) from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        struct.error,
    ):
        # Pillow says in all these ways that it does not understand a picture.
        raise Refused(Why.BROKEN) from None


def _redraw(data: bytes, kind: str, most_pixels: int) -> bytes:
    if kind == "webp":
        # Pillow's decoder takes room for the whole canvas when it opens one.
        _judge_webp(data, most_pixels)
    image: Image.Image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    _judge_size(image.size, most_pixels)
    # A phone's JPEG may carry a second picture (depth, brightness); the first is the one that people see.
    if kind != "jpg" and getattr(image, "n_frames", 1) > 1:
        raise Refused(Why.MOVING)
    if kind == "jpg":
        image.draft(None, (LONGEST, LONGEST))
    image.load()
    image.thumbnail((LONGEST, LONGEST))
    upright = _plain(ImageOps.exif_transpose(image), kind)
    out = io.BytesIO()
    upright.save(out, _FORMATS[kind], **_OPTIONS[kind])
    return out.getvalue()


def _judge_size(size: tuple[int, int], most_pixels: int) -> None:
    if size[0] * size[1] > most_pixels:
        raise Refused(Why.PIXELS)


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Pixels in a mode that the format has, with nothing beside them."""
    clear = kind != "jpg" and (image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info)
    plain = image.convert("RGBA" if clear else "RGB")
    plain.info.clear()
    return plain


def _judge_webp(data: bytes, most_pixels: int) -> None:
    """Read size and movement from the head of a WebP."""
    form, head = data[12:16], data[20:30]
    if len(head) < 10:
        raise Refused(Why.BROKEN)
    if form == b"VP8X":
        if head[0] & 0x02:
            raise Refused(Why.MOVING)
        size = (_three(head[4:7]) + 1, _three(head[7:10]) + 1)
    elif form == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        size = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    else:
        width, height = struct.unpack("<HH", head[6:10])
        size = (width & 0x3FFF, height & 0x3FFF)
    _judge_size(size, most_pixels)


def _three(number: bytes) -> int:
    return int.from_bytes(number, "little")
