"""Hours and months in words, and the frozen record of a certificate of volunteering."""

from __future__ import annotations

from babel.dates import format_date

from lms.certificates.pdf.document import SUPPORT, TEMPLATE
from lms.certificates.record import Record
from lms.core.i18n import LANGUAGES, force_locale, language, ngettext
from lms.core.i18n import gettext as _
from lms.core.settings import Settings
from lms.recognition.rules import Month


def month(found: Month) -> str:
    """`March 2027`."""
    return str(format_date(found.first, "LLLL y", locale=language()))


def short_month(found: Month) -> str:
    """`Mar`: three letters, so that twelve of them stand side by side on a phone."""
    return str(format_date(found.first, "LLL", locale=language()))[:3]


def period(first: Month, last: Month) -> str:
    """`March 2027`, `January 2027 – March 2027`."""
    return month(first) if first == last else f"{month(first)} – {month(last)}"


def time(minutes: int) -> str:
    """`2 hours 15 minutes`."""
    hours, rest = divmod(minutes, 60)
    said = ngettext("%(num)s hour", "%(num)s hours", hours) if hours else ""
    left = ngettext("%(num)s minute", "%(num)s minutes", rest) if rest or not hours else ""
    return " ".join(part for part in (said, left) if part)


def record(hours: int, settings: Settings) -> Record:
    """What a certificate of volunteering says. Not a word about whom the support was for, or how."""
    found: Record = {
        "template": TEMPLATE,
        "zone": settings.time_zone,
        "theme": "rights",
        "kind": SUPPORT,
    }
    for lang in LANGUAGES:
        with force_locale(lang):
            found[lang] = _said(hours, settings, lang)
    return found


def _said(hours: int, settings: Settings, lang: str) -> Record:
    signatory, role = settings.signatory(lang)
    title = _("Support from person to person")
    return {
        "course": title,
        "neutral_title": title,
        "subtitle": "",
        "work": ngettext(
            "%(num)s hour, confirmed meeting by meeting",
            "%(num)s hours, confirmed meeting by meeting",
            hours,
        ),
        "modules": [],
        "issuer": settings.issuer(lang),
        "signatory": signatory,
        "signatory_role": role,
        "product": settings.product(lang),
    }
