"""The languages that people can choose to talk in, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel.core import Locale

from lms.core.i18n import format_list, language
from lms.core.i18n import gettext as _

# Those of the network, the widest known first.
CODES = (
    "ru", "en", "uk", "be", "kk", "ky", "tg", "uz", "tk", "az", "hy", "ka", "ro", "pl", "lt", "lv", "et",
    "bg", "mk", "sr", "bs", "hr", "sq", "sl", "cs", "sk", "hu", "rom",
)  # fmt: skip


def name(code: str) -> str:
    """The name of a language in the language of the page, as it stands inside a sentence."""
    if code == "rom":
        # The word in the Russian standard data is one that its speakers do not choose.
        return _("Romani")
    return _standard_name(code, language())


@cache
def _standard_name(code: str, lang: str) -> str:
    return str(Locale.parse(lang).languages.get(code, code))


def names(codes: Iterable[str]) -> str:
    """`Russian and Kazakh`."""
    return format_list([name(code) for code in codes if code in CODES])


def title(code: str) -> str:
    """The name at the start of a line."""
    found = name(code)
    return found[:1].upper() + found[1:]


def known(codes: Iterable[str] | None) -> list[str]:
    """Those of the codes that can be chosen, in the order of the list."""
    chosen = set(codes or ())
    return [code for code in CODES if code in chosen]
