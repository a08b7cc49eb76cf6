"""Forms of learning."""

from __future__ import annotations

from wtforms import (  # type: ignore[attr-defined]
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
)
from wtforms.validators import ValidationError

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import ngettext
from lms.web.forms import Form, SharedForm, Text, needed

LONGEST_TASK = 40_000


class TaskForm(SharedForm):
    """The text of a task and its files."""

    body = Text(_l("Your text"), longest=LONGEST_TASK, render_kw={"required": True})
    files = MultipleFileField(_l("Files"))
    met = SelectMultipleField(_l("I looked at each point"), choices=[], validate_choice=False)

    def ready(self, most_words: int) -> bool:
        """Whether the text can be handed in."""
        return self.check_text() and self.check_words(most_words)

    def check_text(self) -> bool:
        """Whether something is written."""
        if self.body.data:
            return True
        self.body.errors = [_("Write your text first. A draft can be short.")]
        return False

    def refuse_files(self, advice: str) -> None:
        """Say why the files were not taken. The text stands in its field as before."""
        self.files.errors = [advice]

    def check_words(self, most: int) -> bool:
        """Whether the text keeps to its length; the message says by how much it does not."""
        over = len((self.body.data or "").split()) - most
        if most <= 0 or over <= 0:
            return True
        message = ngettext(
            "%(num)s word too many. Shorten it; as a draft it is kept as it is.",
            "%(num)s words too many. Shorten it; as a draft it is kept as it is.",
            over,
        )
        self.body.errors = [*self.body.errors, message]
        return False


class AnswerForm(Form):
    """A reader's answer to a task."""

    feedback = Text(
        _l("Your answer"),
        longest=10_000,
        description=_l(
            "Say what is strong, what is missing, and one next step. Only the two of you read it."
        ),
        validators=[needed(_l("Write at least one sentence. A bare yes or no helps nobody."))],
    )
    decision = RadioField(
        _l("And now?"),
        choices=[
            SelectChoice("accepted", _l("Accepted")),
            SelectChoice("needs_work", _l("One more round")),
        ],
        validate_choice=False,
    )

    def validate_decision(self, field: RadioField) -> None:
        """One of the two has to be chosen."""
        if field.data not in {"accepted", "needs_work"}:
            raise ValidationError(_("Choose one of the two."))
