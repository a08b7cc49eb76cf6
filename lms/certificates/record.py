"""The frozen record: what a certificate and its check page say, in both languages, whatever changes later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lms.certificates import number as numbers
from lms.certificates.pdf.document import COURSE, MOST_MODULES, TEMPLATE, CertificateDocument
from lms.core.i18n import LANGUAGES, force_locale, ngettext
from lms.core.i18n import gettext as _
from lms.core.settings import Settings
from lms.courses import queries as courses
from lms.courses.queries import Outline
from lms.courses.source.model import ItemKind
from lms.courses.words import hours_in_words

Record = dict[str, Any]


def freeze(version_id: int, settings: Settings, *, self_checked: bool) -> Record:
    """Return the record of a finished course version, and who issues it now. Raises LookupError."""
    record: Record = {"template": TEMPLATE, "zone": settings.time_zone}
    for lang in LANGUAGES:
        outline = courses.outline(version_id, lang)
        if outline is None:
            raise LookupError(f"no course version {version_id}")
        record["theme"] = outline.theme
        with force_locale(lang):
            record[lang] = _words(outline, settings, lang, self_checked=self_checked)
    return record


def _words(outline: Outline, settings: Settings, lang: str, *, self_checked: bool) -> Record:
    signatory, role = settings.signatory(lang)
    return {
        "course": outline.full_title,
        "neutral_title": outline.neutral_title,
        "subtitle": outline.summary.rstrip("."),
        "work": _work(outline, self_checked=self_checked),
        "modules": _modules([module.title for module in outline.modules]),
        "issuer": settings.issuer(lang),
        "signatory": signatory,
        "signatory_role": role,
        "product": settings.product(lang),
    }


def _work(outline: Outline, *, self_checked: bool) -> str:
    """What was done: `6 modules and an accepted task: 4½ hours of work`."""
    count = len(outline.modules)
    has_task = any(item.kind is ItemKind.TASK and item.required for item in outline.items)
    if not has_task:
        what = ngettext("%(num)s module", "%(num)s modules", count)
    elif self_checked:
        what = ngettext(
            "%(num)s module and a task, self-checked",
            "%(num)s modules and a task, self-checked",
            count,
        )
    else:
        what = ngettext(
            "%(num)s module and a task, read and accepted",
            "%(num)s modules and a task, read and accepted",
            count,
        )
    hours = hours_in_words(outline.hours)
    return _("%(what)s: %(hours)s of work", what=what, hours=hours) if hours else what


def _modules(titles: list[str]) -> list[str]:
    if len(titles) <= MOST_MODULES:
        return titles
    kept = titles[: MOST_MODULES - 1]
    more = len(titles) - len(kept)
    return [*kept, ngettext("and %(num)s more module", "and %(num)s more modules", more)]


def document(
    record: Record,
    *,
    number: str,
    name: str,
    lang: str,
    neutral: bool,
    issued_at: datetime,
    public_url: str,
) -> CertificateDocument:
    """Return what is printed. `neutral` leaves only the neutral title of the course."""
    words = record[lang]
    return CertificateDocument(
        lang=lang,
        name=name,
        course=words["neutral_title"] if neutral else words["course"],
        subtitle="" if neutral else words["subtitle"],
        work=words["work"],
        modules=() if neutral else tuple(words["modules"]),
        signatory=words["signatory"],
        signatory_role=words["signatory_role"],
        issuer=words["issuer"],
        number=numbers.shown(number),
        check_url=f"{public_url.rstrip('/')}/c/{number}",
        check_text=check_address(public_url),
        issued=day_of(record, issued_at),
        theme=record["theme"],
        product=words["product"],
        kind=record.get("kind", COURSE),
    )


def check_address(public_url: str) -> str:
    """The short address of the check page, as people read it aloud."""
    return f"{urlsplit(public_url).netloc}/c"


def day_of(record: Record, moment: datetime) -> date:
    """The day of a moment where the certificate was issued, the same on paper and on the check page."""
    return moment.astimezone(ZoneInfo(record["zone"])).date()
