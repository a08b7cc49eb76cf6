"""Forms of recognition."""

from __future__ import annotations

from datetime import date

from wtforms import RadioField, SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from lms.certificates import names
from lms.core.i18n import LANGUAGES
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.recognition import words
from lms.recognition.rules import Month, last_months
from lms.web.forms import Form, Line


class StatementForm(Form):
    """Ask for a statement of hours."""

    first = SelectField(_l("First month"), choices=[])
    last = SelectField(_l("Last month"), choices=[])
    name = Line(
        _l("Name on the statement"),
        longest=names.LONGEST,
        description=_l("As it should stand on paper. It is destroyed once the file exists."),
    )
    lang = RadioField(_l("Language"), choices=[], validate_choice=False)

    def offer(self, today: date, lang: str) -> StatementForm:
        """Set the months and languages that can be chosen. Return itself."""
        wanted = last_months(today)
        choices = [SelectChoice(str(month), words.month(month)) for month in wanted]
        self.first.choices, self.last.choices = choices, choices
        ordered = sorted(LANGUAGES.items(), key=lambda pair: pair[0] != lang)
        self.lang.choices = [SelectChoice(*choice) for choice in ordered]
        if not self.is_submitted():
            self.first.data = self.last.data = str(wanted[-1])
            self.lang.data = lang
        return self

    def validate_last(self, field: SelectField) -> None:
        """Not before the first."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("This month is before the first one. Choose a later one."))

    def validate_name(self, field: Line) -> None:
        """Refuse what can't be printed, and say what to type instead."""
        field.data = names.tidy(field.data or "")
        if names.problem(field.data) is not None:
            raise ValidationError(
                _(
                    "Type the name in Latin, Cyrillic, Georgian or Armenian letters, one alphabet a word."
                )
            )

    def validate_lang(self, field: RadioField) -> None:
        """One of our languages."""
        if field.data not in LANGUAGES:
            raise ValidationError(_("Choose one of the languages."))

    @property
    def period(self) -> tuple[Month, Month]:
        """The first and the last month, after the form was found valid."""
        return Month.read(self.first.data), Month.read(self.last.data)
