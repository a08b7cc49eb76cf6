"""Files for tests, honest and hostile, all made here: nothing foreign lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin

PLACE = b"Secretgrad"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
DECLARED = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": WORD,
    "odt": OPEN_DOCUMENT,
    "txt": "text/plain",
}


def drawing(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A picture whose left upper quarter is dark, so that its direction can be seen."""
    image = Image.new("RGB", size, "white")
    image.paste((20, 20, 20), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif() -> bytes:
    """What a phone writes into a photo: where, with what, and that it stands on its side."""
    tags = Image.Exif()
    tags[0x0112] = 6
    tags[0x010F] = PLACE.decode()
    place = tags.get_ifd(0x8825)
    place[1], place[2] = "N", (54.0, 41.0, 13.5)
    place[3], place[4] = "E", (25.0, 16.0, 48.2)
    place[27] = PLACE
    return tags.tobytes()


def photo(form: str) -> bytes:
    """A photo with place, device, a note and a colour profile that names them."""
    options: dict[str, object] = {"exif": exif(), "icc_profile": PLACE * 20}
    if form == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", PLACE.decode())
        notes.add_itxt("XML:com.adobe.xmp", PLACE.decode())
        options["pnginfo"] = notes
    elif form == "JPEG":
        options |= {"comment": PLACE, "xmp": PLACE}
    else:
        options["xmp"] = PLACE
    return saved(drawing(), form, **options)


def moving(form: str) -> bytes:
    """A picture of three frames."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


def pixel_flood_png(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(10_000))
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def pixel_flood_jpg() -> bytes:
    """A small JPEG that says it is 65,500 points wide and high."""
    made = bytearray(saved(drawing(), "JPEG"))
    at = made.index(b"\xff\xc0") + 5
    made[at : at + 4] = struct.pack(">2H", 65_500, 65_500)
    return bytes(made)


def pixel_flood_webp() -> bytes:
    """A WebP with a canvas of 16,384 by 16,384, of which nothing is painted."""
    made = bytearray(saved(drawing(mode="RGBA"), "WEBP", exif=exif()))
    assert made[12:16] == b"VP8X"
    made[24:30] = (16_383).to_bytes(3, "little") * 2
    return bytes(made)


def document(kind: str, extra: dict[str, bytes] | None = None) -> bytes:
    """A small document of a text program, with its author's name inside."""
    parts = {
        "docx": {
            "[Content_Types].xml": f'<Types><Override ContentType="{WORD}.main+xml"/></Types>'.encode(),
            "word/document.xml": b"<w:document/>",
            "docProps/core.xml": b"<creator>Somebody</creator>",
        },
        "odt": {
            "mimetype": OPEN_DOCUMENT.encode(),
            "content.xml": b"<office:document-content/>",
            "meta.xml": b"<creator>Somebody</creator>",
        },
    }[kind]
    return packed(parts | (extra or {}))


def packed(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


PDF = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def honest() -> dict[str, bytes]:
    """One small file of every kind that is taken."""
    return {
        "jpg": saved(drawing(), "JPEG"),
        "png": saved(drawing(), "PNG"),
        "webp": saved(drawing(), "WEBP"),
        "pdf": PDF,
        "docx": document("docx"),
        "odt": document("odt"),
        "txt": "На рынке — тихо.\n".encode(),
    }


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
HTML = b"<!doctype html><script>alert(1)</script>"
GIF_JS = b"GIF89a=1;/*\x00\x00*/alert(1);"


def foreign() -> dict[str, bytes]:
    """Files of kinds that are not taken, by what they are."""
    return {
        "svg": SVG,
        "html": HTML,
        "gif": saved(drawing(), "GIF"),
        "gif and script": GIF_JS,
        "bmp": saved(drawing(), "BMP"),
        "zip": packed({"a.txt": b"a"}),
        "program": b"MZ" + bytes(200),
        "elf": b"\x7fELF" + bytes(200),
        "script": b"#!/bin/sh\necho\n",
        "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "rtf": b"{\\rtf1 a}",
        "utf-16": "text".encode("utf-16"),
        "php": b"<?php system($_GET[0]); ?>",
    }
