"""Forms of mentoring."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, SelectChoice  # type: ignore[attr-defined]

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.fields import Ticks, shown_name
from lms.web.forms import Form, Text, needed

LONGEST_TEXT = 4_000


class CourseTicks(Form):
    """Which courses a mentor sees."""

    courses = Ticks(_l("Steps and tasks in"), choices=[])

    def offer(self, courses: Iterable[tuple[str, str]]) -> None:
        """Set the courses that can be ticked: (public id, title)."""
        self.courses.choices = [SelectChoice(public_id, title) for public_id, title in courses]

    quizzes = BooleanField(
        _l("Results of checks too"),
        description=_l("How many points; never what you answered."),
    )


class AgreeForm(CourseTicks):
    """The mentee's answer."""

    shown_name = shown_name(_l("Your mentor sees it."))


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

    never_again = BooleanField(
        _l("Do not pair us again"), description=_l("Nobody is told that you ticked this.")
    )
