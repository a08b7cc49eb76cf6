"""What both sides are asked: which programme, and what helps to find somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from wtforms import BooleanField, RadioField, SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes import languages, words
from lms.programmes.fields import Ticks
from lms.programmes.rules import (
    CHANNELS,
    COUNTRIES,
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
    names_in,
    slots,
    ticks,
)
from lms.web.forms import Form, Line, SharedForm, Text, needed, typed

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


def topics() -> list[SelectChoice]:
    """The topics, to choose from."""
    return [SelectChoice(key, str(words.TOPIC[key])) for key in TOPICS]


def _hours() -> list[SelectChoice]:
    days = words.weekdays()
    return [
        SelectChoice(f"{day}-{part}", f"{days[day]}, {words.PART[part]}")
        for day in range(7)
        for part in Part
    ]


def countries() -> list[SelectChoice]:
    """The countries, to choose from."""
    return [SelectChoice(code, name) for code, name in words.countries()]


def _own_country() -> list[SelectChoice]:
    return [SelectChoice("", _("I’d rather not say")), *countries()]


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

    topics = Ticks(_l("Topics"), choices=topics)
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
    avoid_countries = Ticks(_l("Nobody from these countries"), choices=countries)
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
