"""Pictures of a course folder: found, measured, refused when heavy, nameless, talkative or active."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from lms.core.markup import PictureAddress
from lms.courses.source.files import read_bytes
from lms.courses.source.model import Picture
from lms.courses.source.problems import Problems

MAX_PICTURE = 25 * 1024
ADDRESS = "/course-files/"
MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
}

_ACTIVE_SVG = re.compile(
    rb"<script|<style|\sstyle\s*=|<foreignobject|\son\w+\s*=|<!entity|<!doctype|@import|(?:href|src)\s*=\s*['\"]\s*(?!#)|url\(\s*['\"]?\s*(?!#)",
    re.IGNORECASE,
)
_TALKATIVE = {
    "svg": re.compile(rb"<metadata|inkscape:|sodipodi:|<rdf:|xmlns:dc=", re.IGNORECASE),
    "png": re.compile(rb"tEXt|iTXt|zTXt|eXIf|tIME"),
    "jpg": re.compile(rb"Exif\0|http://ns\.adobe\.com|Photoshop 3\.0"),
    "webp": re.compile(rb"EXIF|XMP "),
    "avif": re.compile(rb"Exif|application/rdf\+xml"),
}
_SVG_WORDS = re.compile(rb"<text[\s>]", re.IGNORECASE)
_VIEW_BOX = re.compile(
    rb"viewBox\s*=\s*['\"]\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)", re.IGNORECASE
)


class Pictures:
    """Finds the pictures that the texts of a course ask for, each once."""

    def __init__(
        self, root: Path, files: Iterable[str], languages: Iterable[str], problems: Problems
    ) -> None:
        self.root, self.problems = root, problems
        self.files = frozenset(files)
        self.lower = {name.lower(): name for name in self.files}
        self.languages = tuple(languages)
        self._read: dict[str, Picture | None] = {}
        self._sizes: dict[str, tuple[int, int]] = {}

    def all(self) -> tuple[Picture, ...]:
        """Pictures in use, by name."""
        by_name = {picture.name: picture for picture in self._read.values() if picture}
        return tuple(by_name[name] for name in sorted(by_name))

    def find(self, page: str, language: str, address: str) -> PictureAddress | None:
        """The picture that a page means; nothing when it cannot be used (see `explain`)."""
        relative = self._resolve(page, language, address)
        picture = self._picture(relative) if relative in self.files else None
        if picture is None:
            return None
        return PictureAddress(ADDRESS + picture.name, *self._sizes.get(picture.name, (0, 0)))

    def size(self, page: str, language: str, address: str) -> int:
        """Bytes of a picture, 0 when it is not there."""
        picture = self._read.get(self._resolve(page, language, address))
        return len(picture.data) if picture else 0

    def explain(self, page: str, language: str, address: str) -> tuple[str, str] | None:
        """Code and message when a page cannot show the picture it asks for."""
        suffix = PurePosixPath(address).suffix.removeprefix(".")
        if ":" in address or address.startswith("/") or ".." in address:
            return "E402", f"{address!r}: only files of the media folder beside the text"
        if suffix not in MEDIA_TYPES:
            return "E402", f"{address!r}: use {', '.join(MEDIA_TYPES)}"
        relative = self._resolve(page, language, address)
        if relative in self.files:
            return None
        if relative.lower() in self.lower:
            return (
                "E402",
                f"the file is called {self.lower[relative.lower()]}: write it the same, capitals too",
            )
        if any(self._variant(page, other, address) in self.files for other in self.languages):
            return (
                "E404",
                f"no {self._variant(page, language, address)}: a picture with words needs one per language",
            )
        return "E402", f"{address!r}: no such file"

    def _resolve(self, page: str, language: str, address: str) -> str:
        own = self._variant(page, language, address)
        return own if own in self.files else str(PurePosixPath(page).parent / address)

    def _variant(self, page: str, language: str, address: str) -> str:
        shared = PurePosixPath(page).parent / address
        return (
            str(shared.with_suffix(f".{language}{shared.suffix}")) if shared.suffix else str(shared)
        )

    def _picture(self, relative: str) -> Picture | None:
        if relative not in self._read:
            self._read[relative] = self._load(relative)
        return self._read[relative]

    def _load(self, relative: str) -> Picture | None:
        suffix = PurePosixPath(relative).suffix.removeprefix(".")
        data = read_bytes(self.root / relative, relative, 4 * 1024 * 1024, self.problems)
        if data is None or suffix not in MEDIA_TYPES:
            return None
        self._judge(relative, suffix, data)
        picture = Picture(f"{hashlib.sha256(data).hexdigest()[:20]}.{suffix}", data)
        self._sizes[picture.name] = _drawn_size(suffix, data)
        return picture

    def _judge(self, relative: str, suffix: str, data: bytes) -> None:
        if len(data) > MAX_PICTURE:
            self.problems.add(
                relative,
                1,
                1,
                "E403",
                f"{len(data) // 1024 + 1} KB, at most {MAX_PICTURE // 1024} KB: make it smaller",
            )
        if _TALKATIVE[suffix].search(data):
            self.problems.add(
                relative,
                1,
                1,
                "E405",
                "the picture carries metadata (who, where, with what): remove it",
            )
        if suffix == "svg":
            self._judge_svg(relative, data)

    def _judge_svg(self, relative: str, data: bytes) -> None:
        active = _ACTIVE_SVG.search(data)
        if active:
            line = data.count(b"\n", 0, active.start()) + 1
            column = active.start() - (data.rfind(b"\n", 0, active.start()) + 1) + 1
            self.problems.add(
                relative,
                line,
                column,
                "E406",
                "shapes only: no scripts, styles, links or outside files (write fill=, stroke=)",
            )
        has_language = PurePosixPath(relative).stem.rpartition(".")[2] in self.languages
        if _SVG_WORDS.search(data) and not has_language and len(self.languages) > 1:
            names = ", ".join(
                f"{PurePosixPath(relative).stem}.{language}.svg" for language in self.languages
            )
            self.problems.add(
                relative, 1, 1, "E404", f"a picture with words needs one file per language: {names}"
            )


def _drawn_size(suffix: str, data: bytes) -> tuple[int, int]:
    """Width and height in pixels where the first bytes tell them."""
    if suffix == "png" and data[:8] == b"\x89PNG\r\n\x1a\n":
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if suffix == "svg" and (box := _VIEW_BOX.search(data[:2000])):
        return tuple(
            min(int(float(part)), 4000) if part.count(b".") < 2 else 0 for part in box.groups()
        )  # type: ignore[return-value]
    if suffix == "jpg":
        return _jpeg_size(data)
    return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        if 0xC0 <= data[at + 1] <= 0xC2:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0
