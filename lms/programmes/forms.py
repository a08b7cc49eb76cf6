"""Forms of programmes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes import languages, words
from lms.programmes.fields import Ticks, shown_name, spoken
from lms.programmes.rules import (
    CHANNELS,
    COUNTRIES,
    GENDERS,
    LARGEST_CAPACITY,
    LARGEST_PRIORITY,
    MOST_NAMES,
    PLATFORM,
    TOPICS,
    Experience,
    Level,
    More,
    Organisations,
    Part,
    Private,
    Style,
    Track,
    Wish,
    first_before,
    names_in,
    slots,
    ticks,
)
from lms.web.forms import Form, Line, Number, SharedForm, Text, needed, typed

LONGEST_GOAL = 1_000
LONGEST_NAMES = 600


def track_choices(offered: Iterable[str] = tuple(Track)) -> list[SelectChoice]:
    """The tracks that a programme has, to choose from."""
    there = set(offered)
    return [SelectChoice(one.value, str(words.TRACK[one])) for one in Track if one.value in there]


class WithProgramme(Form):
    """A form that asks which programme, where more than one takes people."""

    programme = RadioField(
        _l("Programme"), choices=[], validators=[InputRequired(_l("Choose one."))]
    )

    def among(self, programmes: Iterable[tuple[str, str]]) -> None:
        """Set the programmes: (public id, title). Nothing is asked where there is no choice."""
        choices = [SelectChoice(key, title) for key, title in programmes]
        if len(choices) < 2:
            del self.programme
        else:
            self.programme.choices = choices


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


class OfferForm(CardForm, WithProgramme):
    """Offer to be a mentor."""

    track = RadioField(
        _l("What you would like to be"),
        choices=track_choices,
        default=Track.PEER.value,
        validators=[InputRequired(_l("Choose one."))],
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


# --- What helps to find somebody -----------------------------------------------------------------


def _hours() -> list[SelectChoice]:
    days = words.weekdays()
    return [
        SelectChoice(f"{day}-{part}", f"{days[day]}, {words.PART[part]}")
        for day in range(7)
        for part in Part
    ]


def _countries() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in words.countries()]


def _own_country() -> list[SelectChoice]:
    return [SelectChoice("", _("I’d rather not say")), *_countries()]


def _own_gender() -> list[SelectChoice]:
    said = [SelectChoice(key, str(words.GENDER[key])) for key in GENDERS]
    return [SelectChoice("", _("I’d rather not say")), *said]


def _style(which: Style) -> RadioField:
    def ends() -> list[SelectChoice]:
        first, other = words.STYLE[which]
        return [
            SelectChoice("first", str(first)),
            SelectChoice("other", str(other)),
            SelectChoice("", _("Both are fine")),
        ]

    return RadioField(words.STYLE_QUESTION[which], choices=ends, default="")


class MoreForm(SharedForm):
    """What both sides can say beyond name and languages. Everything is optional."""

    topics = Ticks(
        _l("Topics"),
        choices=lambda: [SelectChoice(key, str(words.TOPIC[key])) for key in TOPICS],
    )
    experience = Ticks(
        _l("Kinds of experience"),
        choices=lambda: [SelectChoice(key.value, str(words.EXPERIENCE[key])) for key in Experience],
    )
    structure = _style(Style.STRUCTURE)
    directness = _style(Style.DIRECTNESS)
    pace = _style(Style.PACE)
    hours = Ticks(
        _l("When you could talk"),
        choices=_hours,
        description=_l("In your own time. Leave it empty if writing is enough."),
    )
    async_only = BooleanField(
        _l("In writing only"), description=_l("No talks at fixed times; messages are enough.")
    )
    channels = Ticks(
        _l("How you like to be in touch"),
        choices=lambda: [SelectChoice(key, str(words.CHANNEL[key])) for key in CHANNELS],
        validators=[needed(_l("Tick at least one way; in writing, here, is always safe."))],
    )
    organisation = Line(
        _l("Organisation you work or volunteer for"),
        longest=120,
        description=_l("Nobody is paired with somebody of the same one."),
    )
    conflicts = Text(
        _l("Organisations with which it would be a conflict"),
        longest=LONGEST_NAMES,
        description=_l("One on each line. Coordinators can read both."),
        render_kw={"rows": 2},
    )
    country = SelectField(_l("My country"), choices=_own_country, default="")
    avoid_countries = Ticks(_l("Nobody from these countries"), choices=_countries)
    avoid_people = Text(
        _l("Nobody of these people"),
        longest=LONGEST_NAMES,
        description=_l(
            "One name on each line, as you know it here. Nobody learns of it, not even whether "
            "such a person is here."
        ),
        render_kw={"rows": 3},
    )

    def validate_avoid_people(self, field: Any) -> None:
        """Refuse a list that is meant to find out who is here."""
        if len(names_in(typed(field))) > MOST_NAMES:
            raise ValidationError(_("Ten names at most. Ask a coordinator if you need more."))

    def fill(self, more: More) -> None:
        """Put what stands there into the form."""
        self.topics.data = list(more.topics)
        self.experience.data = list(more.experience)
        for style in Style:
            answer = more.style.get(style.value)
            self[style.value].data = "" if answer is None else "first" if answer else "other"
        self.hours.data = ticks(more.hours)
        self.async_only.data = more.async_only
        self.channels.data = list(more.channels)
        self.organisation.data = ", ".join(more.organisations.own)
        self.conflicts.data = "\n".join(more.organisations.conflict)
        self.country.data = more.private.country
        self.avoid_countries.data = list(more.private.avoid_countries)
        self.avoid_people.data = "\n".join(more.private.avoid_people)
        for code, field in self.level_fields():
            field.data = str(int(more.levels.get(code, Level.STRONG)))

    def level_fields(self) -> list[tuple[str, Any]]:
        """(language, field) of the questions how well somebody speaks."""
        fields = [(field.name, field) for field in self if field.name.startswith("level_")]
        return [(name.removeprefix("level_"), field) for name, field in fields]

    def style(self) -> dict[str, bool]:
        """The answers to the three questions about working together."""
        said = {style.value: str(self[style.value].data or "") for style in Style}
        return {name: answer == "first" for name, answer in said.items() if answer}

    def more(self, **others: Any) -> More:
        """What was said; `others` are what only one side is asked."""
        known = [code for code in COUNTRIES if code in set(self.avoid_countries.data or ())]
        private = Private(
            country=typed(self.country),
            avoid_countries=tuple(known),
            avoid_people=names_in(typed(self.avoid_people)),
            **others.pop("private", {}),
        )
        organisations = Organisations(
            names_in(typed(self.organisation)), names_in(typed(self.conflicts))
        )
        return More(
            levels={code: int(field.data) for code, field in self.level_fields()},
            topics=others.pop("topics", list(self.topics.data or ())),
            experience=list(self.experience.data or ()),
            style=self.style(),
            hours=slots(list(self.hours.data or ())),
            async_only=bool(self.async_only.data),
            channels=list(self.channels.data or (PLATFORM,)),
            organisations=organisations,
            private=private,
            **others,
        )


class MentorMoreForm(MoreForm):
    """What a mentor can say about how she works."""

    countries_known = Ticks(_l("Countries whose laws and ways you know"), choices=_countries)
    gender = SelectField(_l("My gender"), choices=_own_gender, default="")

    def fill(self, more: More) -> None:
        """Put what stands there into the form."""
        super().fill(more)
        self.countries_known.data = list(more.countries_known)
        self.gender.data = more.private.gender

    def said(self) -> More:
        """What was said."""
        return self.more(
            countries_known=list(self.countries_known.data or ()),
            private={"gender": typed(self.gender)},
        )


def _first() -> list[SelectChoice]:
    said = [SelectChoice(key, str(words.TOPIC[key])) for key in TOPICS]
    return [SelectChoice("", _("No first one")), *said]


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


F = TypeVar("F", bound=MoreForm)


def for_languages(form: type[F], codes: Iterable[str]) -> type[F]:
    """The form with a question for each language, how well somebody speaks it."""

    def levels() -> list[SelectChoice]:
        return [
            SelectChoice(str(int(level)), str(words.LEVEL[level]))
            for level in sorted(Level, reverse=True)
        ]

    fields: Mapping[str, Any] = {
        f"level_{code}": SelectField(
            languages.title(code), choices=levels, default=str(int(Level.STRONG))
        )
        for code in codes
    }
    return type(form.__name__, (form,), dict(fields))


# --- Staff ---------------------------------------------------------------------------------------


class PriorityForm(Form):
    """Bring somebody forward in the line."""

    priority = Number(
        _l("Priority"),
        validators=[
            InputRequired(_l("Type a number from 0 to 200.")),
            NumberRange(0, LARGEST_PRIORITY, _l("Type a number from 0 to 200.")),
        ],
    )


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
