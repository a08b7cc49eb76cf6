"""The six standards of good mentoring programmes, each with what is done for it and the figure behind it.

They are those of MENTOR: Elements of Effective Practice for Mentoring, 4th edition.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.reports import shown
from lms.reports.indicators import Figures, Key

_STANDARDS = (
    (
        _l("Recruitment"),
        _l("Mentors offer it themselves or are asked, and say what they bring."),
        None,
    ),
    (
        _l("Screening"),
        _l("Staff decide about each mentor, and she signs the page about boundaries."),
        Key.BOUNDARIES,
    ),
    (
        _l("Training"),
        _l("Nobody is proposed to anybody before the training is finished."),
        Key.TRAINED,
    ),
    (
        _l("Matching and beginning"),
        _l("Staff propose, the learner chooses, the mentor may say no."),
        Key.ACCEPTED,
    ),
    (
        _l("Monitoring and support"),
        _l("Staff talk to both sides after 2, 14 and 30 days, then every month."),
        Key.CHECKS,
    ),
    (_l("Closure"), _l("Both look back at the end, also where it comes early."), Key.CLOSED),
)


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard: what is done for it, and what shows it."""

    title: str
    done: str
    evidence: str


def standards(found: Figures) -> list[Standard]:
    """All six, with the figures of a report."""
    return [
        Standard(str(title), str(done), _evidence(found, key)) for title, done, key in _STANDARDS
    ]


def _evidence(found: Figures, key: Key | None) -> str:
    if key is None:
        everybody = found.shares[Key.MENTORS].of
        return _("Mentors who take part: %(count)s", count=shown.count(everybody))
    line = shown.line(key, found.shares[key])
    return f"{line.title}: {line.value} ({line.of})" if line.of else f"{line.title}: {line.value}"
