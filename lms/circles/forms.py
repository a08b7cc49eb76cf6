"""Forms of circles and questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import (  # type: ignore[attr-defined]
    DateField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.circles import words
from lms.circles.rules import Check, missing, moment, on_clock
from lms.cohorts.rules import NAME_LONGEST, BadName, bad_name
from lms.core.clock import now
from lms.core.i18n import LANGUAGES, ngettext
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Line, Text, needed

LONGEST = 4_000
PART_LONGEST = 2_000


class Ticks(SelectMultipleField):
    """Any number of choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Name(Line):
    """A name that others here see; may be empty where the form says so."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be told apart or shown in one line."""
        super().pre_validate(form)
        problem = bad_name(self.data) if self.data else None
        if problem is BadName.MIXED:
            raise ValidationError(
                _("Latin and Cyrillic letters are mixed in one word. Use one alphabet.")
            )
        if problem:
            raise ValidationError(_("Use 2 to 32 letters or digits."))


def _name(description: Any, *validators: Any) -> Name:
    return Name(
        _l("Your name here"),
        longest=NAME_LONGEST,
        description=description,
        validators=list(validators),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def _rhythms() -> list[SelectChoice]:
    return [SelectChoice(str(days), words.every(days)) for days in words.RHYTHMS]


class NewForm(Form):
    """Begin a circle."""

    title = Line(
        _l("What the circle is called"),
        longest=60,
        description=_l("Neutral, please: it stands in lists on everybody's phone."),
        validators=[needed(_l("Give it a name."))],
    )
    rhythm = SelectField(_l("Meets"), choices=_rhythms, coerce=int, default=14)
    name = _name(_l("The others in the circle see it."), needed(_l("Choose a name.")))


class JoinForm(Form):
    """Come in with a code."""

    circle_code = Line(
        _l("Code of the circle"),
        longest=64,
        validators=[needed(_l("Type the code that the facilitator gave you."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = _name(_l("The others in the circle see it."), needed(_l("Choose a name.")))


class AcceptForm(Form):
    """Come in since one was asked."""

    name = _name(_l("The others in the circle see it."), needed(_l("Choose a name.")))


class PlanForm(Form):
    """Title, rhythm and the next meeting, on the facilitator's own clock."""

    title = Line(
        _l("What the circle is called"), longest=60, validators=[needed(_l("Give it a name."))]
    )
    rhythm = SelectField(_l("Meets"), choices=_rhythms, coerce=int)
    day = DateField(_l("Next meeting, day"), validators=[])
    hour = TimeField(_l("Hour"))
    zone = "UTC"

    def in_zone(self, zone: str) -> PlanForm:
        """Say on whose clock the hour is. Return itself."""
        self.zone = zone
        return self

    def show(self, at: datetime | None) -> None:
        """Put the present plan into the fields."""
        if at is not None:
            local = on_clock(at, self.zone)
            self.day.data, self.hour.data = local.date(), local.time()

    @property
    def at(self) -> datetime | None:
        """The moment that is planned; None when none is."""
        if self.day.data is None or self.hour.data is None:
            return None
        return moment(datetime.combine(self.day.data, self.hour.data), self.zone)

    def validate(self, extra_validators: Any = None) -> bool:
        """A day and an hour belong together, and a meeting is still to come."""
        # An empty field is no wrong date.
        for field in (self.day, self.hour):
            if not any(field.raw_data or ()):
                field.process_errors = []
        fine: bool = super().validate(extra_validators)
        if (self.day.data is None) != (self.hour.data is None) and fine:
            self.day.errors = [_("A day and an hour belong together. Fill in both.")]
            return False
        return fine


class InviteForm(Form):
    """Ask somebody in."""

    handle = Line(
        _l("Name for signing in"),
        longest=200,
        description=_l(
            "Ask the person for it; it is shown to nobody. She decides whether she comes."
        ),
        validators=[needed(_l("Type the name that the person signs in with."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class PostForm(Form):
    """Something said."""

    body = Text(
        _l("Your words"), longest=LONGEST, validators=[needed(_l("Write something first."))]
    )


class ChangeForm(Form):
    """What one will change."""

    change = Line(_l("What I will change"), longest=300)


def _checks() -> list[SelectChoice]:
    return [SelectChoice(check.value, words.CHECKS[check]) for check in Check]


class SheetForm(Form):
    """An invented or altered case, and what has to be confirmed about it."""

    situation = Text(
        _l("The situation"),
        longest=PART_LONGEST,
        description=_l("Of somebody who does not exist. Five sentences are enough."),
        validators=[needed(_l("Describe the situation in a few sentences."))],
        render_kw={"rows": 5},
    )
    tried = Text(_l("What has been tried"), longest=PART_LONGEST, render_kw={"rows": 3})
    question = Text(
        _l("What I ask the circle"),
        longest=PART_LONGEST,
        validators=[needed(_l("Say what you want to know."))],
        render_kw={"rows": 2},
    )
    confirmed = Ticks(_l("I have checked that nobody can be recognised"), choices=_checks)

    def validate_confirmed(self, field: Ticks) -> None:
        """Every item, or nothing is posted."""
        if left := missing(field.data or ()):
            raise ValidationError(
                ngettext(
                    "%(num)s item is not confirmed. Change the case until you can confirm it.",
                    "%(num)s items are not confirmed. Change the case until you can confirm them.",
                    len(left),
                )
            )


def _spoken() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in LANGUAGES.items()]


class AskForm(Form):
    """Ask scientists something."""

    topic = Line(
        _l("What it is about, in a few words"),
        longest=60,
        description=_l("It stands in lists: leave out names, places and what only you know."),
        validators=[needed(_l("A few words are enough."))],
    )
    lang = SelectField(_l("Language of the answer"), choices=_spoken)
    body = Text(
        _l("Your question"),
        longest=LONGEST,
        validators=[needed(_l("Write your question."))],
        render_kw={"rows": 6},
    )
    name = _name(_l("Leave it empty to ask without a name; most people do."))


class AnswerForm(Form):
    """An answer with its sources."""

    body = Text(
        _l("Your answer"), longest=LONGEST, validators=[needed(_l("Write something first."))],
        render_kw={"rows": 6},
    )  # fmt: skip
    sources = Text(
        _l("Sources"),
        longest=PART_LONGEST,
        description=_l(
            "What it rests on, one a line: title, year, address. Say so if it is your experience."
        ),
        render_kw={"rows": 3},
    )
    name = _name(_l("Whoever asked sees it."), needed(_l("Choose a name.")))


def in_future(at: datetime | None) -> bool:
    """Whether a planned hour is still to come, or none is planned."""
    return at is None or at > now()
