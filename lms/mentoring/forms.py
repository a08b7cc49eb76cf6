"""Forms of mentoring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.cohorts.rules import NAME_LONGEST, BadName, bad_name
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.mentoring import languages
from lms.mentoring.rules import LARGEST_CAPACITY
from lms.web.forms import Form, Line, SharedForm, Text, needed

LONGEST_TEXT = 4_000
LONGEST_GOAL = 1_000


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


class AskForm(Form):
    """Go on the list."""

    shown_name = shown_name(
        _l("Coordinators see it, and later your mentor. It need not be the name you sign in with.")
    )
    languages = spoken(_l("Tick at least one language that you like to talk in."))
    goal = Text(
        _l("What you hope for"),
        longest=LONGEST_GOAL,
        description=_l(
            "If you like, in your own words. Kept encrypted. Leave out names and places."
        ),
    )


class CourseTicks(Form):
    """Which courses a mentor sees."""

    courses = Ticks(_l("Steps and tasks in"), choices=[])

    def offer(self, courses: Iterable[tuple[str, str]]) -> None:
        """Set the courses that can be ticked: (public id, title)."""
        self.courses.choices = [SelectChoice(public_id, title) for public_id, title in courses]

    quizzes = BooleanField(
        _l("Results of checks too"),
        description=_l("How many points; never what you answered."),
    )


class AgreeForm(CourseTicks):
    """The mentee's answer."""

    shown_name = shown_name(_l("Your mentor sees it."))


class MentorAnswerForm(Form):
    """The mentor's answer."""

    shown_name = shown_name(_l("The learner sees it."))


class CardForm(SharedForm):
    """What learners read about a mentor, and her places."""

    shown_name = shown_name(
        _l("Learners see it when you are proposed to them. Not the name for signing in.")
    )
    about = Line(
        _l("What you do, in one line"),
        longest=120,
        description=_l("For example: street lawyer, usually answers in a day."),
    )
    languages = spoken(_l("Tick at least one language."))
    capacity = SelectField(
        _l("Places"),
        coerce=int,
        choices=[
            SelectChoice(str(number), str(number)) for number in range(1, LARGEST_CAPACITY + 1)
        ],
        description=_l("How many people at the same time."),
    )


class MakeMentorForm(CardForm):
    """Make somebody a mentor."""

    handle = Line(
        _l("Name for signing in"),
        longest=200,
        validators=[needed(_l("Type the name that the person signs in with."))],
        description=_l("Ask the person for it; it is shown to nobody."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class NoteForm(Form):
    """A new note."""

    body = Text(
        _l("New note"),
        longest=LONGEST_TEXT,
        validators=[needed(_l("Write something first."))],
        render_kw={"rows": 3},
    )
    kind = RadioField(
        _l("Who can read it"),
        choices=[SelectChoice("shared", ""), SelectChoice("mine", "")],
        default="shared",
    )

    def for_side(self, other: str) -> NoteForm:
        """Say who the other side is. Return itself."""
        self.kind.choices = [
            SelectChoice("shared", _("%(name)s can read it", name=other)),
            SelectChoice("mine", _("Only me")),
        ]
        return self


class MessageForm(Form):
    """A message."""

    body = Text(
        _l("Your message"),
        longest=LONGEST_TEXT,
        validators=[needed(_l("Write something first."))],
    )


class EndForm(Form):
    """End a pair."""

    never_again = BooleanField(
        _l("Do not pair us again"), description=_l("Nobody is told that you ticked this.")
    )
