"""The questions that stand above an empty page."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.journal.rules import PROMPTS

_PROMPTS = (
    _l("What stayed with you today?"),
    _l("What went a little better than last time?"),
    _l("What would you tell somebody who is just beginning?"),
    _l("Who helped, and how?"),
    _l("What do you want to ask next time?"),
    _l("What can wait?"),
)


def prompt(number: int) -> str:
    """The question with this number."""
    return str(_PROMPTS[number % PROMPTS])
