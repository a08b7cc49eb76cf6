"""Fields that forms of several rooms share: ticks, languages, the name that the other side sees."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, SelectMultipleField  # type: ignore[attr-defined]
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.cohorts.rules import NAME_LONGEST, BadName, bad_name
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes import languages
from lms.web.forms import Line, needed


class Ticks(SelectMultipleField):
    """Any number of choices, each with its own box. What was never offered is refused."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Refuse a value that does not stand in the page."""
        offered = {value for value, _label, _chosen, _extra in self.iter_choices()}
        if not set(self.data or ()) <= offered:
            raise ValidationError(_("Choose from the list."))


class ShownName(Line):
    """A name that the other side sees."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be told apart or shown in one line."""
        super().pre_validate(form)
        if problem := bad_name(self.data or ""):
            raise ValidationError(name_message(problem))


def name_message(problem: BadName) -> str:
    """What to do about a name."""
    if problem is BadName.LENGTH:
        return _("Use 2 to 32 letters or digits.")
    if problem is BadName.MIXED:
        return _("Latin and Cyrillic letters are mixed in one word. Use one alphabet.")
    return _("Use letters and digits; a space, dot or dash may stand between them.")


def shown_name(description: Any) -> ShownName:
    """The field for one's name, with what is said about who sees it."""
    return ShownName(
        _l("Your name here"),
        longest=NAME_LONGEST,
        description=description,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def _spoken() -> list[SelectChoice]:
    return [SelectChoice(code, languages.title(code)) for code in languages.CODES]


def spoken(message: Any) -> Ticks:
    """The field for languages."""
    return Ticks(_l("Languages"), choices=_spoken, validators=[needed(message)])
