"""Languages: which one a page is in, and how words, dates and numbers look in it.

The language of a page is the first part of its address, so one address always shows one language and can be
sent to a friend. Catalogues are read once, when the application is made: a page has dozens of texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.dates import get_timezone_location
from babel.lists import format_list as babel_list
from babel.numbers import format_decimal
from babel.support import LazyProxy, NullTranslations, Translations
from flask import Flask
from markupsafe import Markup, escape

LANGUAGES = {"en": "English", "ru": "Русский"}
DEFAULT = "en"
# English readers here write 26 June and 24-hour clocks (`field.md` 5.2), so dates follow en_GB.
_LOCALES = {"en": Locale.parse("en_GB"), "ru": Locale.parse("ru")}

_catalogues: dict[str, NullTranslations] = dict.fromkeys(LANGUAGES, NullTranslations())
_spoken: ContextVar[str] = ContextVar("language", default=DEFAULT)


def init_app(app: Flask) -> None:
    """Read the catalogues, let templates translate, and forget a request's language with the request."""
    app.teardown_request(lambda _error: speak(DEFAULT))
    folder: Path = app.config["TRANSLATIONS"]
    _catalogues.update({lang: Translations.load(folder, [lang]) for lang in LANGUAGES})
    app.jinja_env.add_extension("jinja2.ext.i18n")
    translate: Any = app.jinja_env
    translate.install_gettext_callables(gettext, ngettext, newstyle=True)
    # The extension's own functions go through the template's context three times for each text.
    app.jinja_env.globals.update({"_": _in_page, "gettext": _in_page, "ngettext": _in_page_plural})


def language() -> str:
    """The language of the page (or mail) that is being made."""
    return _spoken.get()


def speak(lang: str) -> None:
    """Answer this request in a language. Asked for dozens of times a page, so it is no attribute of `g`."""
    _spoken.set(lang)


@contextmanager
def force_locale(lang: str) -> Iterator[None]:
    """Write in this language inside, whatever the request's is."""
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, **values: object) -> str:
    """Translate; `%(name)s` places are filled from `values`."""
    text = str(_catalogues[language()].gettext(message))
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Translate with the plural form for `num`, which also fills `%(num)s`."""
    return str(_catalogues[language()].ngettext(one, many, num)) % {"num": num, **values}


def lazy_gettext(message: str, **values: object) -> str:
    """Translate when shown, for labels that are written once at import."""
    return cast(str, LazyProxy(gettext, message, enable_cache=False, **values))


def _in_page(message: str, **values: object) -> Markup:
    # What authors of texts write is ours; what fills its places is escaped.
    text = _catalogues[language()].gettext(message)
    return _filled(text, values) if values or "%" in text else Markup(text)  # noqa: S704


def _in_page_plural(one: str, many: str, num: int, **values: object) -> Markup:
    return _filled(_catalogues[language()].ngettext(one, many, num), {"num": num, **values})


def _filled(text: str, values: dict[str, object]) -> Markup:
    safe = {
        name: value if isinstance(value, int | float) else escape(value)
        for name, value in values.items()
    }
    return Markup(text % safe)  # noqa: S704


def format_day(day: date | datetime, zone: str = "UTC", *, year: bool = True) -> str:
    """`26 June 2026` or `26 июня 2026`; a moment is first carried into the reader's zone."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(zone)).date()
    return _day_in_words(day, "d MMMM y" if year else "d MMMM", language())


@lru_cache(2048)
def _day_in_words(day: date, pattern: str, lang: str) -> str:
    return babel_date(day, pattern, locale=_LOCALES[lang])


def format_time(moment: datetime, zone: str) -> str:
    """`19:00` in the given zone."""
    return babel_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=_LOCALES[language()])


def format_moment(moment: datetime, zone: str) -> str:
    """`26 June 2026, 19:00` in the given zone."""
    return f"{format_day(moment, zone)}, {format_time(moment, zone)}"


def format_place(zone: str) -> str:
    """The town that a time zone is named after: `Алматы`. What is no time zone stays as it is."""
    # Towns of the network that the standard data don't name in Russian, or spell without ё.
    if zone == "Europe/Kyiv":
        return gettext("Kyiv")
    return gettext("Chisinau") if zone == "Europe/Chisinau" else _town(zone, language())


@lru_cache(maxsize=512)
def _town(zone: str, lang: str) -> str:
    try:
        return str(get_timezone_location(zone, locale=_LOCALES[lang], return_city=True))
    except LookupError:
        return zone


def format_number(value: float) -> str:
    """`1,554.9` or `1 554,9`."""
    return format_decimal(value, locale=_LOCALES[language()])


def format_list(words: Iterable[str]) -> str:
    """`a, b and c`, `а, б и в`."""
    return babel_list(list(words), locale=_LOCALES[language()])
