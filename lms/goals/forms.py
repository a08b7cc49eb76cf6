"""Forms of goals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined]
    DateField,
    FileField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import ValidationError

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.goals.queries import Part
from lms.goals.rules import MOST_QUESTIONS
from lms.web.forms import Form, Line, SharedForm, Text, needed

LONGEST_TEXT = 40_000
LONGEST_ANSWER = 10_000


class Day(DateField):
    """A calendar day, or none. `needs` says that there must be one, not before `least`."""

    def __init__(self, label: Any, *, needs: bool = False, **options: Any) -> None:
        super().__init__(label, **options)
        self.needs, self.least = needs, date.min

    @property
    def day(self) -> date:
        """The day, after the form was found valid."""
        if self.data is None:
            raise ValueError("no day")
        return self.data

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; say how to write it where the browser has no date field."""
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            self.data = None
            raise ValueError(_("Write the day as year-month-day, like 2027-03-15.")) from None

    def pre_validate(self, form: Any) -> None:
        """Refuse a day that is missing or over."""
        if self.data is None and self.needs and not self.process_errors:
            raise ValidationError(_("Choose a day."))
        if self.data is not None and self.data < self.least:
            raise ValidationError(_("This day is over. Choose a later one."))


class GoalForm(SharedForm):
    """A goal, in the mentee's words."""

    title = Line(
        _l("What do you want to reach?"),
        longest=160,
        description=_l("In your own words. Small is good: something for the next weeks."),
        validators=[needed(_l("Write what you want to reach."))],
    )
    measure = Text(
        _l("How will you see that it is reached?"),
        longest=500,
        description=_l("If you like. For example: three records, each with written consent."),
        render_kw={"rows": 2},
    )
    due_on = Day(_l("Until when"), description=_l("If you like. Nothing happens when it passes."))


class StepForm(Form):
    """A step towards a goal."""

    words = Line(
        _l("Next step"),
        longest=200,
        validators=[needed(_l("Write what the step is."))],
    )
    part = SelectField(
        _l("Part of a course"),
        choices=[],
        validate_choice=False,
        description=_l("If the step is one, it ticks itself when that part is done."),
    )
    due_on = Day(_l("Until when"))

    offered: Collection[str] = ()

    def offer(self, parts: Sequence[tuple[str, list[Part]]]) -> None:
        """Set the parts of courses that can be chosen."""
        self.offered = {"", *(part.public_id for _course, found in parts for part in found)}
        self.part.choices = [SelectChoice("", _("None"))] + [
            SelectChoice(part.public_id, part.title, optgroup=course)
            for course, found in parts
            for part in found
        ]

    def validate_part(self, field: SelectField) -> None:
        """Only what stands in the list."""
        if (field.data or "") not in self.offered:
            raise ValidationError(_("Choose from the list."))


class OutcomeForm(Form):
    """How a goal came out."""

    outcome = RadioField(
        _l("How did it come out?"),
        choices=[
            SelectChoice("met", _l("Reached")),
            SelectChoice("partly_met", _l("Partly reached")),
            SelectChoice("dropped", _l("Let go")),
        ],
        validate_choice=False,
    )
    evidence = Text(
        _l("What shows it?"),
        longest=1_000,
        description=_l("A sentence, if you like. No names, no places."),
        render_kw={"rows": 2},
    )

    def validate_outcome(self, field: RadioField) -> None:
        """One of the three has to be chosen."""
        if field.data not in {"met", "partly_met", "dropped"}:
            raise ValidationError(_("Choose one of the three."))


class RoundForm(Form):
    """What the mentor should read, and what to look at. Files come last: what stands before is rescued."""

    body = Text(
        _l("Your text"),
        longest=LONGEST_TEXT,
        description=_l("Paste it here, or add a file below. Plain text can be read on any phone."),
        render_kw={"rows": 10},
    )
    question_1 = Line(_l("What should your mentor look at?"), longest=300)
    question_2 = Line(_l("And at what else?"), longest=300)
    question_3 = Line(_l("Third question"), longest=300)
    question_4 = Line(_l("Fourth question"), longest=300)
    question_5 = Line(_l("Fifth question"), longest=300)
    due_on = Day(_l("By when do you need it?"), needs=True)
    file = FileField(_l("File"))

    @property
    def question_fields(self) -> list[Any]:
        """The fields of questions, in order."""
        return [self[f"question_{number}"] for number in range(1, MOST_QUESTIONS + 1)]

    @property
    def questions(self) -> list[str]:
        """The questions that were asked."""
        return [str(field.data) for field in self.question_fields if field.data]

    def refuse_file(self, advice: str) -> None:
        """Say why the file was not taken. What was typed stands in its fields as before."""
        self.file.errors = [advice]

    def has_something(self, *, file: bool) -> bool:
        """Whether there is something to read."""
        if self.body.data or file:
            return True
        self.body.errors = [_("Paste your text, or choose a file.")]
        return False


class TextForm(RoundForm):
    """A new text."""

    title = Line(
        _l("What is it?"),
        longest=120,
        description=_l("For example: summary for the conference, second draft."),
        validators=[needed(_l("Give it a name that you will both recognise."))],
    )


class AnswerForm(Form):
    """What the mentor says. The answers to the questions are fields of their own, made for each round."""

    general = Text(
        _l("The whole text"),
        longest=LONGEST_ANSWER,
        description=_l("What is strong, what is missing, one next step."),
        render_kw={"rows": 5},
    )
    answer_1 = Text(_l("Your answer"), longest=LONGEST_ANSWER, render_kw={"rows": 3})
    answer_2 = Text(_l("Your answer"), longest=LONGEST_ANSWER, render_kw={"rows": 3})
    answer_3 = Text(_l("Your answer"), longest=LONGEST_ANSWER, render_kw={"rows": 3})
    answer_4 = Text(_l("Your answer"), longest=LONGEST_ANSWER, render_kw={"rows": 3})
    answer_5 = Text(_l("Your answer"), longest=LONGEST_ANSWER, render_kw={"rows": 3})

    def answers(self, count: int) -> list[str]:
        """What was said to the first questions."""
        return [str(self[f"answer_{number}"].data or "") for number in range(1, count + 1)]

    def says_something(self, count: int) -> bool:
        """Whether there is an answer at all."""
        if self.general.data or any(self.answers(count)):
            return True
        self.general.errors = [_("Write at least one sentence.")]
        return False


class DeclineForm(Form):
    """The mentor can't read it."""

    word = Text(
        _l("A word to your mentee"),
        longest=1_000,
        description=_l("If you like. No reason is needed."),
        render_kw={"rows": 2},
    )


class LaterForm(Form):
    """The mentor needs more time."""

    due_on = Day(_l("I can answer by"), needs=True)
