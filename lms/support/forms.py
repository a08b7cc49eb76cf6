"""Forms of support."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice  # type: ignore[attr-defined]

from lms.core.i18n import lazy_gettext as _l
from lms.support.rules import SCALE, Channel, Fit, Pulse, Skipped, With
from lms.web.forms import Form, Text, needed, typed

LONGEST_NOTE = 1_000
LONGEST_WORDS = 2_000
_CHOOSE = _l("Choose one.")

# What came of a check-in: who was spoken with, or why nobody was.
OUTCOMES = {
    With.BOTH: _l("Spoke with both"),
    With.MENTOR: _l("Spoke with the mentor only"),
    With.MENTEE: _l("Spoke with the mentee only"),
    Skipped.SPOKE_ALREADY: _l("Not needed: we spoke a few days ago"),
    Skipped.NO_ANSWER: _l("Nobody answered"),
    Skipped.NOT_WANTED: _l("They would rather not"),
    Skipped.PAUSED: _l("The pair takes a rest"),
    Skipped.MISSED: _l("Passed by"),
}
CHANNELS = {
    Channel.WRITING: _l("In writing"),
    Channel.CALL: _l("By phone"),
    Channel.IN_PERSON: _l("In person"),
}
FITS = {
    Fit.GOOD: _l("Good"),
    Fit.DECIDING: _l("I am still deciding"),
    Fit.NOT_A_FIT: _l("Not a fit for me"),
}


class CheckForm(Form):
    """What came of a check-in."""

    outcome = RadioField(
        _l("What came of it"),
        choices=[
            SelectChoice(key.value, label)
            for key, label in OUTCOMES.items()
            if key is not Skipped.MISSED
        ],
        default=With.BOTH.value,
        validators=[needed(_CHOOSE)],
    )
    channel = RadioField(
        _l("How"),
        choices=[SelectChoice(key.value, label) for key, label in CHANNELS.items()],
        default=Channel.WRITING.value,
        validators=[needed(_CHOOSE)],
    )

    @property
    def spoke_with(self) -> With | None:
        """Who was spoken with, if anybody."""
        return With(self.outcome.data) if self.outcome.data in list(With) else None

    @property
    def how(self) -> Channel:
        """How."""
        return Channel(self.channel.data)

    @property
    def skipped(self) -> Skipped:
        """Why nobody was."""
        return Skipped(self.outcome.data)


class AboutForm(Form):
    """A note about one side."""

    body = Text(
        _l("New note"),
        longest=LONGEST_NOTE,
        validators=[needed(_l("Write something first."))],
        render_kw={"rows": 3},
    )


def _scale(label: str) -> RadioField:
    choices = [SelectChoice(str(number), str(number)) for number in SCALE]
    return RadioField(label, choices=choices, validators=[needed(_CHOOSE)])


class PulseForm(Form):
    """Three questions, from 1 to 5."""

    heard = _scale(_l("I am heard"))
    useful = _scale(_l("It is useful to me"))
    safe = _scale(_l("I feel safe in it"))

    @property
    def answers(self) -> Pulse:
        """What was chosen."""
        return Pulse(int(self.heard.data), int(self.useful.data), int(self.safe.data))


class FitForm(Form):
    """One question after the first meeting."""

    fit = RadioField(
        _l("Is this a good fit?"),
        choices=[SelectChoice(key.value, label) for key, label in FITS.items()],
        validators=[needed(_CHOOSE)],
    )

    @property
    def answers(self) -> Fit:
        """What was chosen."""
        return Fit(self.fit.data)


def _words(label: str) -> Text:
    return Text(label, longest=LONGEST_WORDS, render_kw={"rows": 3})


class LookBackForm(Form):
    """What one side says at the end."""

    reached = _words(_l("What we reached"))
    next = _words(_l("What comes next for me"))
    thanks = _words(_l("What I want to thank you for"))

    @property
    def parts(self) -> tuple[str, str, str]:
        """What was typed."""
        return typed(self.reached), typed(self.next), typed(self.thanks)
