"""Forms of cohorts, and what they say when something can't be taken."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from wtforms import DateField, SelectField, StringField
from wtforms.validators import ValidationError

from lms.cohorts import rules
from lms.core.i18n import format_place
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Line, SharedForm, needed


class Day(DateField):
    """A calendar day, as the browser's own date field sends it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; say how to write it where the browser has no date field."""
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            self.data = None
            raise ValueError(_("Write the day as year-month-day, like 2027-03-15.")) from None

    def pre_validate(self, form: Any) -> None:
        """A day is always needed."""
        if self.data is None and not self.process_errors:
            raise ValidationError(_("Choose a day."))


class Number(StringField):
    """A whole number between two bounds. What was typed is kept, whatever it was."""

    def __init__(self, label: Any, *, least: int, most: int, **options: Any) -> None:
        super().__init__(label, **options)
        self.least, self.most = least, most

    @property
    def number(self) -> int:
        """The number, after the form was found valid."""
        return int(self.data or 0)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no number or lies outside."""
        typed = str(self.data or "").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise ValidationError(_("Write a whole number, like 12."))
        if not self.least <= int(typed) <= self.most:
            raise ValidationError(
                _("Choose a number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )


class PlanForm(SharedForm):
    """What a coordinator decides about a cohort."""

    name = Line(
        _l("Name of the cohort"),
        longest=80,
        description=_l(
            "Its people see it. Region and season work well: “Central Asia, autumn 2027”."
        ),
        validators=[needed(_l("Give the cohort a name."))],
        render_kw={"autocomplete": "off"},
    )
    starts_on = Day(_l("First day"))
    ends_on = Day(_l("Last day"))
    zone = SelectField(
        _l("Time zone"),
        choices=[],
        validate_choice=False,
        description=_l("The days begin and end at midnight there."),
    )
    capacity = Number(
        _l("Places"),
        least=1,
        most=rules.LARGEST,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    coordinator_name = Line(
        _l("Your name for its people"),
        longest=rules.NAME_LONGEST,
        description=_l("Any name. It stands in their record of who has seen what."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def validate_coordinator_name(self, field: Line) -> None:
        """The same rules as for everybody's name."""
        if problem := rules.bad_name(field.data or ""):
            raise ValidationError(name_message(problem))

    def offer_zones(self, zones: tuple[str, ...]) -> None:
        """Offer these time zones, and the one that is set already."""
        known = dict.fromkeys([*zones, *([self.zone.data] if self.zone.data else [])])
        self.zone.choices = [(zone, format_place(zone)) for zone in known]

    def validate_zone(self, field: SelectField) -> None:
        """Only time zones that exist."""
        if field.data not in available_timezones():
            raise ValidationError(_("Choose a time zone from the list."))

    def validate_ends_on(self, field: Day) -> None:
        """The last day does not lie before the first, and the end is in sight."""
        first: date | None = self.starts_on.data
        if first is None or field.data is None:
            return
        if field.data < first:
            raise ValidationError(_("The last day lies before the first one. Change one of them."))
        if (field.data - first).days >= rules.LONGEST_DAYS:
            raise ValidationError(_("More than two years. Choose an earlier last day."))


class NewCohortForm(PlanForm):
    """Open a cohort."""

    course = SelectField(
        _l("Course"),
        choices=[],
        validate_choice=False,
        description=_l("The version that is published today. Later versions change nothing here."),
    )

    known: frozenset[str] = frozenset()

    def offer_courses(self, courses: list[tuple[str, str]]) -> None:
        """Offer (public id, title) of these courses."""
        self.course.choices = courses
        self.known = frozenset(value for value, _title in courses)

    def validate_course(self, field: SelectField) -> None:
        """Only courses that are published."""
        if field.data not in self.known:
            raise ValidationError(_("Choose a course from the list."))


class CodesForm(Form):
    """Make more codes."""

    count = Number(
        _l("How many codes"),
        least=1,
        most=rules.LARGEST,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    expires_on = Day(_l("Good until"))


class CodeForm(Form):
    """Enter a code."""

    code = Line(
        _l("Your code"),
        longest=64,
        description=_l("10 letters and digits. Any keyboard; capitals and dashes do not matter."),
        validators=[needed(_l("Type the code from your sheet."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class NameForm(Form):
    """Choose the name for a cohort."""

    name = Line(
        _l("Name in this cohort"),
        longest=rules.NAME_LONGEST,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def name_message(problem: rules.BadName) -> str:
    """What to do about a shown name."""
    return {
        rules.BadName.LENGTH: _("Use 2 to 32 letters or digits."),
        rules.BadName.SHAPE: _("Begin with a letter or digit; space, dot and dash may follow."),
        rules.BadName.MIXED: _(
            "Latin and Cyrillic letters are mixed in one word. Use one alphabet."
        ),
        rules.BadName.TAKEN: _(
            "Somebody in this cohort has a name like this. Add a word or a number."
        ),
    }[problem]


def code_message(problem: rules.CodeProblem, day: str = "") -> str:
    """What to do about a code."""
    return {
        rules.CodeProblem.MISTYPED: _(
            "There is a slip in it. Compare it with your sheet, sign by sign."
        ),
        rules.CodeProblem.UNKNOWN: _(
            "Nobody gave out this code, or it was taken back. Ask whoever gave it to you."
        ),
        rules.CodeProblem.USED: _(
            "This code has been used already; each one works once. Ask for another one."
        ),
        rules.CodeProblem.EXPIRED: _(
            "This code was good until %(day)s. Ask for a new one.", day=day
        ),
        rules.CodeProblem.CLOSED: _(
            "This cohort takes nobody in any more. Ask whoever gave you the code."
        ),
        rules.CodeProblem.FULL: _(
            "All places are taken. Keep the code: it works as soon as a place is free."
        ),
        rules.CodeProblem.ALREADY_IN: _(
            "You are in this cohort already. Keep the code for somebody else."
        ),
    }[problem]
