"""Forms of mentoring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wtforms import BooleanField, RadioField, SelectChoice  # type: ignore[attr-defined]

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.mentoring import words
from lms.mentoring.states import SAID, Ending
from lms.programmes.fields import Ticks, shown_name
from lms.web.forms import Form, Text, needed

LONGEST_TEXT = 4_000
LONGEST_PART = 600


class CourseTicks(Form):
    """Which courses a mentor sees."""

    courses = Ticks(_l("Your way through"), choices=[])

    def offer(self, courses: Iterable[tuple[str, str]]) -> None:
        """Set the courses that can be ticked: (public id, title)."""
        self.courses.choices = [SelectChoice(public_id, title) for public_id, title in courses]

    tasks = BooleanField(_l("Tasks that you hand in"), default=True)
    quizzes = BooleanField(
        _l("Results of checks too"),
        description=_l("How many points; never what you answered."),
    )


class AgreeForm(CourseTicks):
    """The mentee's answer."""

    chosen = RadioField(_l("Whom would you like to ask first?"), choices=[])
    also = Ticks(_l("Ask as well, if that does not come about"), choices=[])
    shown_name = shown_name(_l("Your mentor sees it."))

    def show(self, cards: Sequence[tuple[str, str]]) -> None:
        """Set the mentors to choose from, (public id, name), the first one proposed in front."""
        self.chosen.choices = self.also.choices = [SelectChoice(*card) for card in cards]
        if not self.is_submitted():
            self.chosen.data = cards[0][0]
        elif len(cards) == 1:
            self.chosen.data, self.also.data = cards[0][0], []


class MentorAnswerForm(Form):
    """The mentor's answer."""

    shown_name = shown_name(_l("The learner sees it."))


class NoteForm(Form):
    """A new note."""

    body = Text(
        _l("New note"),
        longest=LONGEST_TEXT,
        validators=[needed(_l("Write something first."))],
        render_kw={"rows": 3},
    )
    kind = RadioField(
        _l("Who can read it"),
        choices=[SelectChoice("shared", ""), SelectChoice("mine", "")],
        default="shared",
    )

    def for_side(self, other: str) -> NoteForm:
        """Say who the other side is. Return itself."""
        self.kind.choices = [
            SelectChoice("shared", _("%(name)s can read it", name=other)),
            SelectChoice("mine", _("Only me")),
        ]
        return self


class MessageForm(Form):
    """A message."""

    body = Text(
        _l("Your message"),
        longest=LONGEST_TEXT,
        validators=[needed(_l("Write something first."))],
    )


class EndForm(Form):
    """End a pair."""

    reason = RadioField(
        _l("How does it end?"),
        choices=lambda: [SelectChoice(ending.value, words.ENDINGS[ending]) for ending in SAID],
        default=Ending.OTHER.value,
        description=_l("Staff see it. The other side never does."),
    )
    words = Text(
        _l("A word to the staff"),
        longest=1_000,
        description=_l("If you like. Only coordinators can read it; the other side never."),
        render_kw={"rows": 3},
    )
    never_again = BooleanField(
        _l("Do not pair us again"), description=_l("Nobody is told that you ticked this.")
    )


class AgreementForm(Form):
    """What the two agree on, in parts; each begins with what the house proposes."""

    rhythm = Text(
        _l("How often"), longest=LONGEST_PART, validators=[needed(_l("Say it in a line."))]
    )
    channel = Text(_l("Where"), longest=LONGEST_PART, validators=[needed(_l("Say it in a line."))])
    confidence = Text(
        _l("What stays between us, and what does not"),
        longest=LONGEST_PART,
        validators=[needed(_l("Say it in a line."))],
    )
    lost = Text(
        _l("If contact is lost"), longest=LONGEST_PART, validators=[needed(_l("Say it in a line."))]
    )
    ending = Text(
        _l("How we end"), longest=LONGEST_PART, validators=[needed(_l("Say it in a line."))]
    )

    def texts(self) -> dict[str, str]:
        """What was typed, by part."""
        return {part: str(self[part].data) for part in words.PARTS}

    def fill(self, texts: Mapping[str, str]) -> None:
        """Begin with these texts."""
        for part in words.PARTS:
            self[part].data = texts.get(part, "")
