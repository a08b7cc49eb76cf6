"""Forms of programmes."""

from __future__ import annotations

from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined]

from lms.core.i18n import lazy_gettext as _l
from lms.programmes.fields import shown_name, spoken
from lms.programmes.rules import LARGEST_CAPACITY
from lms.web.forms import Form, Line, SharedForm, Text, needed

LONGEST_GOAL = 1_000


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
