"""Forms about people who ask for a mentor."""

from __future__ import annotations

from wtforms import BooleanField, SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes import words
from lms.programmes.fields import Ticks, shown_name, spoken
from lms.programmes.forms.shared import MoreForm, WithProgramme, topics, track_choices
from lms.programmes.rules import GENDERS, LARGEST_PRIORITY, More, Track, Wish, first_before
from lms.web.forms import Form, Number, Text, needed, typed

LONGEST_GOAL = 1_000


class AskForm(WithProgramme):
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


def _first() -> list[SelectChoice]:
    return [SelectChoice("", _("No first one")), *topics()]


def _same_country() -> list[SelectChoice]:
    return [
        SelectChoice(Wish.NONE.value, _("It does not matter")),
        SelectChoice(Wish.PREFER.value, _("From my country, if possible")),
        SelectChoice(Wish.MUST.value, _("Only from my country")),
        SelectChoice(Wish.NEVER.value, _("Never from my country")),
    ]


def _mentor_gender() -> list[SelectChoice]:
    prefer = [
        SelectChoice(f"prefer {key}", _("Rather %(gender)s", gender=words.GENDER[key]))
        for key in GENDERS
    ]
    must = [
        SelectChoice(f"must {key}", _("Only %(gender)s", gender=words.GENDER[key]))
        for key in GENDERS
    ]
    return [SelectChoice("", _("It does not matter")), *prefer, *must]


class RequestMoreForm(MoreForm):
    """What somebody can say who waits."""

    tracks = Ticks(
        _l("Whom you look for"),
        choices=track_choices,
        validators=[needed(_l("Tick at least one; or leave the list on the page before."))],
    )
    first = SelectField(_l("The most important one"), choices=_first, default="")
    same_country = SelectField(
        _l("Where the mentor is from"), choices=_same_country, default=Wish.NONE.value
    )
    mentor_gender = SelectField(_l("The mentor’s gender"), choices=_mentor_gender, default="")

    def fill(self, more: More) -> None:
        """Put what stands there into the form."""
        super().fill(more)
        self.first.data = more.topics[0] if more.topics else ""
        self.same_country.data = more.private.same_country.value
        wish = f"{more.private.gender_wish} {more.private.mentor_gender}"
        self.mentor_gender.data = wish if more.private.mentor_gender else ""

    def said(self) -> More:
        """What was said."""
        wish, _space, gender = typed(self.mentor_gender).partition(" ")
        return self.more(
            topics=first_before(list(self.topics.data or ()), typed(self.first)),
            private={
                "same_country": Wish(typed(self.same_country)),
                "gender_wish": Wish(wish or Wish.NONE),
                "mentor_gender": gender,
            },
        )

    def wanted(self) -> tuple[Track, ...]:
        """The tracks that are ticked."""
        return tuple(track for track in Track if track.value in set(self.tracks.data or ()))


class ScreenForm(Form):
    """What staff say about somebody who waits."""

    priority = Number(
        _l("Brought forward by"),
        default=0,
        description=_l("0 is nothing; 200 counts like 20 weeks of waiting."),
        validators=[
            InputRequired(_l("Type a number from 0 to 200.")),
            NumberRange(0, LARGEST_PRIORITY, _l("Type a number from 0 to 200.")),
        ],
    )
    under_18 = BooleanField(
        _l("16 or 17 years old"),
        description=_l("Only mentors whom a safeguarding lead has cleared for it are proposed."),
    )
