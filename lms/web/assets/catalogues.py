"""Translation catalogues: compile them where the product runs; collect new texts for translators.

`python -m lms.web.assets.catalogues` compiles what has changed; `--collect` also reads every text of the
code into the catalogues, keeping what is translated.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "translations"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}


def collect() -> Catalog:
    """Every text of the code, without places, so that a moved line is no change."""
    found = Catalog(charset="utf-8")
    texts = extract_from_dir(
        str(ROOT / "lms"),
        METHODS,
        OPTIONS,
        KEYWORDS,
        comment_tags=("TRANSLATORS:",),
        strip_comment_tags=True,
    )
    for _path, _line, message, comments, context in texts:
        found.add(message, auto_comments=comments, context=context)
    return found


def sources() -> list[Path]:
    """The catalogue of each language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def update(path: Path, found: Catalog) -> None:
    """Bring a catalogue up to date with the code. Texts that are gone go."""
    catalogue = read(path)
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.project, catalogue.language_team = "Alongside", ""
    catalogue.last_translator, catalogue.fuzzy = "", False
    written = BytesIO()
    write_po(written, catalogue, width=100, no_location=True, omit_header=False, sort_output=True)
    path.write_bytes(written.getvalue())


def compile_all() -> None:
    """Write the .mo files that are older than their source."""
    for path in sources():
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            with target.open("wb") as file:
                write_mo(file, read(path))


if __name__ == "__main__":
    if "--collect" in sys.argv:
        texts = collect()
        for catalogue in sources():
            update(catalogue, texts)
    compile_all()
