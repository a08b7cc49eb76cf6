"""Forms about mentors: the card, the offer, how she works, the pause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wtforms import DateField, RadioField, SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes import words
from lms.programmes.fields import Ticks, shown_name, spoken
from lms.programmes.forms.shared import MoreForm, WithProgramme, countries, topics, track_choices
from lms.programmes.rules import GENDERS, LARGEST_CAPACITY, More, Track
from lms.web.forms import Form, Line, SharedForm, needed, typed


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


def _track(label: Any) -> RadioField:
    one = [InputRequired(_l("Choose one."))]
    return RadioField(label, choices=track_choices, default=Track.PEER.value, validators=one)


class OfferForm(CardForm, WithProgramme):
    """Offer to be a mentor."""

    track = _track(_l("What you would like to be"))


class MakeMentorForm(CardForm, WithProgramme):
    """Make somebody a mentor."""

    track = _track(_l("Peer mentor or scientist"))
    handle = Line(
        _l("Name for signing in"),
        longest=200,
        validators=[needed(_l("Type the name that the person signs in with."))],
        description=_l("Ask the person for it; it is shown to nobody."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class PauseForm(Form):
    """Take nobody new for now."""

    until = DateField(
        _l("Until"),
        validators=[Optional()],
        description=_l("Empty: until you come back yourself."),
    )

    def validate_until(self, field: Any) -> None:
        """Refuse a day that is over, and one that is years away."""
        today = now().date()
        if field.data and not today < field.data <= today + timedelta(days=730):
            raise ValidationError(_("Choose a day that is still to come."))


def _own_gender() -> list[SelectChoice]:
    said = [SelectChoice(key, str(words.GENDER[key])) for key in GENDERS]
    return [SelectChoice("", _("I’d rather not say")), *said]


class MentorMoreForm(MoreForm):
    """What a mentor can say about how she works."""

    glad_topics = Ticks(
        _l("Especially glad to help with"),
        choices=topics,
        description=_l("A wish: it counts a little, and only where coordinators let it count."),
    )
    countries_known = Ticks(_l("Countries whose laws and ways you know"), choices=countries)
    gender = SelectField(_l("My gender"), choices=_own_gender, default="")

    def fill(self, more: More) -> None:
        """Put what stands there into the form."""
        super().fill(more)
        self.glad_topics.data = list(more.glad_topics)
        self.countries_known.data = list(more.countries_known)
        self.gender.data = more.private.gender

    def said(self) -> More:
        """What was said."""
        return self.more(
            glad_topics=list(self.glad_topics.data or ()),
            countries_known=list(self.countries_known.data or ()),
            private={"gender": typed(self.gender)},
        )
