"""How long, how many: the small facts of a course in words. Pure but for the language of the page."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from lms.core.i18n import LANGUAGES, format_list, ngettext
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.courses.queries import OutlineModule
from lms.courses.source.model import ItemKind

THEMES = {
    "rights": _l("Rights and law"),
    "evidence": _l("Figures and evidence"),
    "budgets": _l("Money and budgets"),
    "stories": _l("Stories and media"),
    "forums": _l("International forums"),
    "services": _l("Services"),
}
HALVES = Decimal(2)
SHORTEST_IN_HOURS = 2


def hours_in_words(hours: Decimal) -> str:
    """`90 minutes`, `2 hours`, `3½ hours`; empty when nobody said."""
    halves = int((hours * HALVES).quantize(Decimal(1), ROUND_HALF_UP))
    if halves < SHORTEST_IN_HOURS * HALVES:
        return minutes_in_words(int(hours * 60)) if hours else ""
    if halves % 2:
        # TRANSLATORS: a number with a half, as in "3½ hours"
        return _("%(number)s½ hours", number=halves // 2)
    return ngettext("%(num)d hour", "%(num)d hours", halves // 2)


def minutes_in_words(minutes: int) -> str:
    """`25 minutes`."""
    return ngettext("%(num)d minute", "%(num)d minutes", minutes)


def contents_in_words(module: OutlineModule) -> str:
    """`4 lessons, a check and a task, 25 minutes`."""
    count = Counter(item.kind for item in module.items)
    parts = []
    if lessons := count[ItemKind.LESSON]:
        parts.append(ngettext("%(num)d lesson", "%(num)d lessons", lessons))
    if quizzes := count[ItemKind.QUIZ]:
        parts.append(ngettext("%(num)d check", "%(num)d checks", quizzes))
    if tasks := count[ItemKind.TASK]:
        parts.append(ngettext("%(num)d task", "%(num)d tasks", tasks))
    what = format_list(parts)
    if not module.minutes:
        return what
    return _("%(what)s, %(time)s", what=what, time=minutes_in_words(module.minutes))


def own_names(languages: tuple[str, ...], reader: str) -> list[str]:
    """Languages, each in its own words, the reader's first."""
    return [LANGUAGES.get(lang, lang.upper()) for lang in _own_first(languages, reader)]


def codes(languages: tuple[str, ...], reader: str) -> str:
    """`EN RU`, the reader's first."""
    return " ".join(lang.upper() for lang in _own_first(languages, reader))


def _own_first(languages: tuple[str, ...], reader: str) -> list[str]:
    return sorted(languages, key=lambda lang: (lang != reader, lang))
