"""Languages: which one a page is in, and how words, dates and numbers look in it.

The only module that knows Flask-Babel (it has no types). The language of a page is the first part of its
address, so one address always shows one language and can be sent to a friend.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.lists import format_list as babel_list
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context
from flask_babel import Babel, force_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_babel import ngettext as _ngettext

LANGUAGES = {"en": "English", "ru": "Русский"}
DEFAULT = "en"
# English readers here write 26 June and 24-hour clocks (`field.md` 5.2), so dates follow en_GB.
_LOCALES = {"en": Locale.parse("en_GB"), "ru": Locale.parse("ru")}

__all__ = ["force_locale"]


def init_app(app: Flask) -> None:
    """Attach translations to an application."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.config["TRANSLATIONS"])
    Babel(app, locale_selector=language)


def language() -> str:
    """The language of the page that is being made."""
    return str(g.get("lang", DEFAULT)) if has_request_context() else DEFAULT


def gettext(message: str, **values: object) -> str:
    """Translate; `%(name)s` places are filled from `values`."""
    return str(_gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Translate with the plural form for `num`, which also fills `%(num)s`."""
    return str(_ngettext(one, many, num, **values))


def lazy_gettext(message: str, **values: object) -> str:
    """Translate when shown, for labels that are written once at import."""
    return _lazy_gettext(message, **values)  # type: ignore[no-any-return]


def format_day(day: date | datetime, zone: str = "UTC", *, year: bool = True) -> str:
    """`26 June 2026` or `26 июня 2026`; a moment is first carried into the reader's zone."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(zone)).date()
    pattern = "d MMMM y" if year else "d MMMM"
    return babel_date(day, pattern, locale=_LOCALES[language()])


def format_time(moment: datetime, zone: str) -> str:
    """`19:00` in the given zone."""
    return babel_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=_LOCALES[language()])


def format_moment(moment: datetime, zone: str) -> str:
    """`26 June 2026, 19:00` in the given zone."""
    return f"{format_day(moment, zone)}, {format_time(moment, zone)}"


def format_number(value: float) -> str:
    """`1,554.9` or `1 554,9`."""
    return format_decimal(value, locale=_LOCALES[language()])


def format_list(words: Iterable[str]) -> str:
    """`a, b and c`, `а, б и в`."""
    return babel_list(list(words), locale=_LOCALES[language()])
