"""The form of a programme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.fields import Ticks
from lms.programmes.forms.shared import track_choices
from lms.programmes.rules import Track
from lms.web.forms import Line, Number, SharedForm, needed, typed


class ProgrammeForm(SharedForm):
    """What staff decide about a programme."""

    NAMES = (
        *("title_en", "title_ru", "starts_on", "ends_on", "tracks", "policy", "duration_weeks"),
        *("session_rhythm_days", "offer_days", "gate_course", "screens_requests", "donor_code"),
    )
    title_en = Line(_l("Title in English"), longest=80, validators=[needed(_l("Give it a title."))])
    title_ru = Line(_l("Title in Russian"), longest=80)
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    tracks = Ticks(
        _l("Tracks"), choices=track_choices, validators=[needed(_l("Tick at least one."))]
    )
    policy = RadioField(
        _l("What comes first"),
        choices=lambda: [
            SelectChoice("coverage", _("As many people as possible have a mentor")),
            SelectChoice("quality", _("Each pair fits as well as possible")),
        ],
        default="coverage",
    )
    duration_weeks = Number(
        _l("Length of a pair, in weeks"),
        default=24,
        validators=[InputRequired(), NumberRange(4, 104, _l("4 to 104 weeks."))],
    )
    session_rhythm_days = Number(
        _l("Days between two meetings"),
        default=14,
        validators=[InputRequired(), NumberRange(1, 90, _l("1 to 90 days."))],
    )
    offer_days = Number(
        _l("Days to answer a proposal"),
        default=7,
        validators=[InputRequired(), NumberRange(1, 60, _l("1 to 60 days."))],
    )
    gate_course = SelectField(_l("Training that mentors finish first"), choices=[], default="")
    screens_requests = BooleanField(
        _l("Look at each request before it joins the line"),
        description=_l("Otherwise whoever asks waits at once."),
    )
    donor_code = Line(
        _l("Code for the report"),
        longest=40,
        description=_l("As the funder calls the grant. No name of a person."),
    )

    def offer(self, courses: Iterable[tuple[str, str]]) -> None:
        """Set the courses that can be the training: (public id, title)."""
        none = SelectChoice("", _("None"))
        self.gate_course.choices = [none, *(SelectChoice(key, title) for key, title in courses)]

    def validate_ends_on(self, field: Any) -> None:
        """Refuse a programme that ends before it begins."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_("The last day is before the first one."))

    def values(self) -> dict[str, Any]:
        """What was decided, by column."""
        return {
            "title_en": typed(self.title_en),
            "title_ru": typed(self.title_ru),
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "tracks": [
                track.value for track in Track if track.value in set(self.tracks.data or ())
            ],
            "policy": typed(self.policy),
            "duration_weeks": self.duration_weeks.data,
            "session_rhythm_days": self.session_rhythm_days.data,
            "offer_days": self.offer_days.data,
            "gate_course": typed(self.gate_course),
            "screens_requests": bool(self.screens_requests.data),
            "donor_code": typed(self.donor_code),
        }
