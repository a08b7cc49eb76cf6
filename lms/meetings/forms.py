"""Forms of meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from wtforms import (  # type: ignore[attr-defined]
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    TimeField,
)
from wtforms.validators import ValidationError

from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.meetings import clocks, words
from lms.meetings.rules import LENGTHS, MOST_TIMES, RHYTHMS, Kind, Missed
from lms.web.forms import Form, Line

LONGEST_LINE = 400
NO_NEXT, CHOOSE = "none", "choose"


class Day(DateField):
    """A calendar day, as the browser's own field sends it; may stay empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; say how to write it where the browser has no such field."""
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            self.data = None
            raise ValueError(_("Write the day as year-month-day, like 2027-03-15.")) from None


class Hour(TimeField):
    """An hour, as the browser's own field sends it; may stay empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the hour; say how to write it where the browser has no such field."""
        try:
            super().process_formdata([value[:5] for value in valuelist if value.strip()])
        except ValueError:
            self.data = None
            raise ValueError(_("Write the hour like 18:30.")) from None


def _kinds() -> list[SelectChoice]:
    return [SelectChoice(kind.value, words.KINDS[kind]) for kind in Kind]


def _lengths() -> list[SelectChoice]:
    return [SelectChoice(str(length), words.minutes(length)) for length in LENGTHS]


class PlanForm(Form):
    """Propose times."""

    kind = RadioField(_l("How"), choices=_kinds, default=Kind.CALL.value, validate_choice=False)
    minutes = SelectField(_l("How long"), choices=_lengths, coerce=int, default=45)
    day_1, time_1 = Day(_l("Day")), Hour(_l("Hour"))
    day_2, time_2 = Day(_l("Another day")), Hour(_l("Hour"))
    day_3, time_3 = Day(_l("A third day")), Hour(_l("Hour"))
    zone = "UTC"

    def in_zone(self, zone: str) -> PlanForm:
        """Say on whose clock the hours are. Return itself."""
        self.zone = zone
        return self

    @property
    def rows(self) -> list[tuple[Day, Hour]]:
        """The fields of each time."""
        return [(self[f"day_{n}"], self[f"time_{n}"]) for n in range(1, MOST_TIMES + 1)]

    def validate_kind(self, field: RadioField) -> None:
        """One of the kinds."""
        if field.data not in set(Kind):
            raise ValidationError(_("Choose one from the list."))

    def validate_day_1(self, field: Day) -> None:
        """At least one time is proposed."""
        if not any(day.data or hour.data for day, hour in self.rows):
            raise ValidationError(_("Propose at least one time: a day and an hour."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Look at each time: whole, still to come, and an hour that there is on that day."""
        fine: bool = super().validate(extra_validators)
        moment = now()
        problems = [self._refuse(day, hour, moment) for day, hour in self.rows]
        return fine and not any(problems)

    def _refuse(self, day: Day, hour: Hour, moment: datetime) -> bool:
        if (day.data is None) != (hour.data is None) and not day.errors and not hour.errors:
            lacking = hour if day.data else day
            lacking.errors = [_("A day and an hour belong together. Fill in both.")]
            return True
        if day.data is None or hour.data is None:
            return False
        problem = _problem(datetime.combine(day.data, hour.data), self.zone, moment)
        day.errors = [problem] if problem else list(day.errors)
        return bool(problem)

    @property
    def locals(self) -> list[datetime]:
        """The times that were proposed."""
        return [
            datetime.combine(day.data, hour.data)
            for day, hour in self.rows
            if day.data is not None and hour.data is not None
        ]


def _problem(local: datetime, zone: str, moment: datetime) -> str:
    if not 2000 <= local.year <= 2100:
        return _("Choose a day within the next months.")
    if not clocks.exists(local, zone):
        return _("The clocks go forward that night and this hour is left out. Choose another one.")
    at = clocks.moment(local, zone)
    if at <= moment:
        return _("This time has gone by. Choose a later one.")
    if (at - moment).days > 366:
        return _("Choose a day within a year.")
    return ""


class AgreeForm(Form):
    """Take one of the times."""

    number = RadioField(_l("Times"), choices=[], validate_choice=False)

    def offer(self, times: Sequence[tuple[int, str]]) -> AgreeForm:
        """Set the times that can be taken. Return itself."""
        self.number.choices = [SelectChoice(str(number), text) for number, text in times]
        if len(times) == 1 and not self.number.data:
            self.number.data = str(times[0][0])
        return self

    def validate_number(self, field: RadioField) -> None:
        """One of those that are offered."""
        if field.data not in {value for value, *_label in field.iter_choices()}:
            raise ValidationError(_("Choose one of the times."))


def _held_lengths() -> list[SelectChoice]:
    return [SelectChoice(str(length), words.minutes(length)) for length in (*LENGTHS, 180, 240)]


def _nexts() -> list[SelectChoice]:
    spans = {7: _("In a week"), 14: _("In two weeks"), 28: _("In four weeks")}
    same = [SelectChoice(str(days), spans[days]) for days in RHYTHMS]
    return [
        SelectChoice(NO_NEXT, _("Not now")), *same, SelectChoice(CHOOSE, _("Let me choose a day"))
    ]  # fmt: skip


class LogForm(Form):
    """One minute after a meeting: what became of it, how long, one line, the next date."""

    outcome = RadioField(
        _l("What became of it?"),
        choices=[
            SelectChoice("held", _l("It was held")),
            SelectChoice("missed", _l("It was missed")),
            SelectChoice("moved", _l("It is moved")),
        ],
        default="held",
        validate_choice=False,
    )
    minutes = SelectField(_l("How long"), choices=_held_lengths, coerce=int)
    reason = SelectField(
        _l("If missed: why"),
        choices=[SelectChoice(reason.value, said) for reason, said in words.MISSED.items()],
        default=Missed.NOT_SAID.value,
    )
    line = Line(
        _l("One line for both of you"),
        longest=LONGEST_LINE,
        description=_l("If you like. Kept encrypted; nobody else can open it."),
    )
    following = RadioField(
        _l("Next date, at the same hour"), choices=_nexts, default="14", validate_choice=False
    )

    def validate_outcome(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in {"held", "missed", "moved"}:
            raise ValidationError(_("Choose one of the three."))

    def validate_following(self, field: RadioField) -> None:
        """One of those that are offered."""
        if field.data not in {NO_NEXT, CHOOSE, *map(str, RHYTHMS)}:
            raise ValidationError(_("Choose one from the list."))


class UnplannedForm(Form):
    """A meeting that was not planned here."""

    kind = RadioField(_l("How"), choices=_kinds, default=Kind.CALL.value, validate_choice=False)
    day = Day(_l("Day"))
    hour = Hour(_l("Hour it began"))
    minutes = SelectField(_l("How long"), choices=_held_lengths, coerce=int, default=45)
    line = Line(
        _l("One line for both of you"),
        longest=LONGEST_LINE,
        description=_l("If you like. Kept encrypted; nobody else can open it."),
    )
    zone = "UTC"

    def in_zone(self, zone: str) -> UnplannedForm:
        """Say on whose clock the hour is. Return itself."""
        self.zone = zone
        return self

    def validate_kind(self, field: RadioField) -> None:
        """One of the kinds."""
        if field.data not in set(Kind):
            raise ValidationError(_("Choose one from the list."))

    def validate_day(self, field: Day) -> None:
        """A day and an hour that have gone by, not long ago."""
        if not isinstance(field.data, date) or not isinstance(self.hour.data, time):
            raise ValidationError(_("Choose the day and the hour."))
        gone = now() - clocks.moment(self.local, self.zone)
        if gone.total_seconds() < 0:
            raise ValidationError(_("This time is still to come. Propose it instead."))
        if gone.days > 60:
            raise ValidationError(_("That is more than two months ago. Ask a coordinator."))

    @property
    def local(self) -> datetime:
        """When it began, after the form was found valid."""
        day, hour = self.day.data, self.hour.data
        if day is None or hour is None:
            raise ValueError("ask after the form was found valid")
        return datetime.combine(day, hour)
