"""Lists of the workbench as files that a spreadsheet opens by a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from lms.cohorts.rules import guard

BOM = "\ufeff"


def as_csv(rows: Iterable[Sequence[str]], lang: str) -> str:
    """The rows as a file: a byte order mark tells Excel that it is UTF-8, Russian Excel splits at semicolons.

    No cell is taken for a formula.
    """
    out = io.StringIO()
    out.write(BOM)
    write = csv.writer(out, delimiter=";" if lang == "ru" else ",", lineterminator="\r\n").writerow
    for row in rows:
        write([guard(cell) for cell in row])
    return out.getvalue()
