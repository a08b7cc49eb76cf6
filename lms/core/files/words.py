"""What people are told about a file that is not taken, and what to do next."""

from __future__ import annotations

from lms.core.files.refusal import Why
from lms.core.i18n import format_number
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l

TAKEN = _l("Photos and pictures (jpg, png, webp), PDF, docx, odt, txt.")
_ADVICE = {
    Why.EMPTY: _l("This file is empty. Choose another one."),
    Why.LARGE: _l("This file is too large. Send a smaller one, or a screenshot of it."),
    Why.MANY: _l("These are too many files. Remove one first, or send fewer."),
    Why.KIND: _l(
        "This kind of file is not taken. Save it as PDF, docx, odt, txt, jpg, png or webp."
    ),
    Why.DIFFERENT: _l(
        "What is inside is not what the name of the file says. Open it, save it again as PDF or jpg, "
        "and send that."
    ),
    Why.BROKEN: _l("This file can't be read to its end. Open it, save it again, and send that."),
    Why.PIXELS: _l(
        "This picture has too many points. Make it smaller, or send a screenshot of it."
    ),
    Why.MOVING: _l("This picture moves. Send one still picture of it."),
    Why.PROGRAM: _l("There is a program (macro) in this document. Save it as PDF and send that."),
    Why.NOT_TEXT: _l("This is not plain text in UTF-8. Save it as PDF or docx and send that."),
    Why.SLOW: _l("This file could not be checked. Save it again as PDF or jpg, and send that."),
    Why.PAUSE: _l("These were many files in a short time. Wait a few minutes, then send it again."),
    Why.ENTRIES: _l("There are too many files in this archive. Divide it."),
    Why.UNPACKED: _l("Unpacked, this would be too large. Make it smaller, or divide it."),
    Why.NAMES: _l(
        "A file in this archive has a name that is not safe or not unique. Use plain names and pack it again."
    ),
    Why.LOCKED: _l("This file is locked with a password. Save it without one and send that."),
    Why.NESTED: _l("There is an archive inside this archive. Pack its files without one."),
    Why.OVERLAPPING: _l("This archive is put together in an unusual way. Pack it again."),
    Why.LINK: _l("There is a link in this archive in place of a file. Pack the file itself."),
}


def advice(why: Why) -> str:
    """One sentence or two for a person."""
    return str(_ADVICE[why])


def size(count: int) -> str:
    """`340 KB`, `2.4 MB`, as it stands beside a file."""
    if count < 1_000_000:
        return _("%(number)s KB", number=format_number(max(1, round(count / 1000))))
    return _("%(number)s MB", number=format_number(round(count / 1_000_000, 1)))
