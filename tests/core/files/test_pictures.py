"""Pictures leave everything behind but what can be seen."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from lms.core.files import process
from lms.core.files.refusal import Refused, Why
from tests.core.files import corpus

pytestmark = pytest.mark.sqlite_only
KINDS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def redraw(data: bytes, kind: str, points: int = 40_000_000) -> bytes:
    with process.run("picture", kind, str(points), data=data) as answer:
        return answer.read()


def refused(data: bytes, kind: str) -> Why | None:
    try:
        redraw(data, kind)
    except Refused as refusal:
        return refusal.why
    return None


def traces(data: bytes) -> list[str]:
    """What is still written beside the pixels."""
    image = Image.open(io.BytesIO(data))
    image.load()
    found = [
        name
        for name in ("exif", "icc_profile", "xmp", "comment", "Comment")
        if image.info.get(name)
    ]
    found += [f"tag {tag}" for tag in image.getexif()]
    return found + (["the place's name"] if corpus.PLACE in data else [])


@pytest.mark.parametrize("kind", KINDS)
def test_place_and_device_are_gone(kind: str, tmp_path: Path) -> None:
    before = corpus.photo(KINDS[kind])
    # The planted fault: a photo that is kept as it came must be caught by the same look.
    assert "the place's name" in traces(before)
    after = redraw(before, kind)
    assert traces(after) == []
    if exiftool := shutil.which("exiftool"):
        (tmp_path / f"a.{kind}").write_bytes(after)
        told = subprocess.run(
            [exiftool, "-a", "-G1", tmp_path / f"a.{kind}"], capture_output=True, text=True
        )
        assert "GPS" not in told.stdout
        assert corpus.PLACE.decode() not in told.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_that_lay_on_its_side_stands_upright(kind: str) -> None:
    image = Image.open(io.BytesIO(redraw(corpus.photo(KINDS[kind]), kind))).convert("L")
    assert image.size == (40, 60)
    # The dark quarter was left above; turned a quarter to the right it is right above.
    assert image.getpixel((35, 5)) < 80
    assert image.getpixel((5, 5)) > 200


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "CMYK", "I;16"])
def test_every_mode_comes_out(mode: str) -> None:
    for kind, form in KINDS.items():
        try:
            data = corpus.saved(corpus.drawing(mode=mode), form)
        except (OSError, ValueError):
            continue
        assert Image.open(io.BytesIO(redraw(data, kind))).size == (60, 40)


def test_a_large_photo_becomes_small_enough_to_open_on_a_phone() -> None:
    after = Image.open(
        io.BytesIO(redraw(corpus.saved(corpus.drawing((4000, 3000)), "JPEG"), "jpg"))
    )
    assert after.size == (2560, 1920)


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_what_moves_is_refused(kind: str) -> None:
    assert refused(corpus.moving(KINDS[kind]), kind) == Why.MOVING


def test_pixel_floods_are_refused_before_they_are_decoded() -> None:
    assert refused(corpus.pixel_flood_png(50_000, 50_000), "png") == Why.PIXELS
    assert refused(corpus.pixel_flood_png(40_001, 1_000), "png") == Why.PIXELS
    assert refused(corpus.pixel_flood_jpg(), "jpg") == Why.PIXELS
    assert refused(corpus.pixel_flood_webp(), "webp") == Why.PIXELS


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_pictures_are_refused(kind: str) -> None:
    whole = corpus.saved(corpus.drawing((300, 200)), KINDS[kind])
    for part in (0.1, 0.5, 0.8):
        assert refused(whole[: int(len(whole) * part)], kind) in {Why.BROKEN, Why.SLOW}


def test_a_picture_of_another_kind_is_broken() -> None:
    assert refused(corpus.honest()["png"], "jpg") == Why.BROKEN
