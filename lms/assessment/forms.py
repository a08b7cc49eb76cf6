"""Forms of assessment. What an answer is, is decided by `marking`, not by fields."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from lms.assessment import wording
from lms.assessment.marking import Refusal
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form


class StartForm(Form):
    """Press Start. Its one-time key is the attempt's client key."""


class AnswerForm(Form):
    """One answer. `seq` is its number in the sequence; `text` carries words and numbers, and any error."""

    seq = HiddenField()
    text = StringField(_l("Your answer"))

    def refuse(self, refusal: Refusal) -> None:
        """Say what is wrong, beside the field that it is about."""
        self.text.id = refusal.name
        self.text.errors = [str(wording.REFUSALS[refusal.reason])]


class EndForm(Form):
    """Finish an attempt."""
