"""The small pages that every site needs: a Markdown file per page and language, beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lms.core import markup

FOLDER = Path(__file__).parent / "small"
NAMES = ("about", "rules", "accessibility", "no-trace", "cannot")


@cache
def small_page(name: str, lang: str) -> tuple[str, str]:
    """Return (title, safe HTML) of a page. The first line of its file is `# Title`."""
    source = (FOLDER / f"{name}.{lang}.md").read_text(encoding="utf-8")
    head, _, body = source.partition("\n")
    return head.removeprefix("# ").strip(), markup.render(body).html
