"""Forms of safeguarding."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectChoice, SelectField  # type: ignore[attr-defined]

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.safeguarding import words
from lms.safeguarding.rules import Basis, Wish
from lms.web.forms import Form, Line, Text, needed

LONGEST = 4_000


class ReportForm(Form):
    """Say that something is wrong."""

    about = HiddenField()
    wish = RadioField(
        _l("What do you want us to do?"),
        choices=[SelectChoice(wish.value, words.WISHES[wish]) for wish in Wish],
        default=Wish.TALK.value,
    )
    body = Text(
        _l("What happened"),
        longest=LONGEST,
        description=_l(
            "In your own words. We cannot open messages or notes: copy here what we should see."
        ),
        validators=[needed(_l("Write something first; one sentence is enough."))],
        render_kw={"rows": 6},
    )


class SayForm(Form):
    """One thing said: to the reporter, by her, or to the log."""

    body = Text(
        _l("Your words"),
        longest=LONGEST,
        validators=[needed(_l("Write something first."))],
        render_kw={"rows": 3},
    )


class DigitsForm(Form):
    """Type the digits that were shown after sending without a name."""

    digits = Line(
        _l("Twenty digits"),
        longest=60,
        validators=[needed(_l("Type the digits, in any grouping."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class SayMoreForm(SayForm):
    """Say something more, with the digits."""

    digits = HiddenField()


class EntryForm(SayForm):
    """What a lead writes."""

    kind = RadioField(
        _l("Who can read it"),
        choices=[
            SelectChoice("note", _l("Only those who read concerns")),
            SelectChoice("answer", _l("Whoever raised it, too")),
        ],
        default="note",
    )


class ReferForm(Form):
    """Pass it on to somebody outside."""

    basis = RadioField(
        _l("Why it may be passed on"),
        choices=[SelectChoice(basis.value, words.BASES[basis]) for basis in Basis],
        validators=[needed(_l("Without one of the two it stays here."))],
    )


class HandForm(Form):
    """Give it to another lead."""

    to = SelectField(_l("Give it to"), choices=[], validate_choice=False)

    def offer(self, leads: list[tuple[str, str]]) -> HandForm:
        """Set the leads that can be chosen. Return itself."""
        self.to.choices = [SelectChoice(public_id, name) for public_id, name in leads]
        return self


def slow_down() -> str:
    """What stands at the field when too many came in."""
    return _(
        "So many have come in that you have to wait a little. "
        "Your text stays here: send it again in a few minutes."
    )
