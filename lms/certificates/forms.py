"""Forms of certificates."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from lms.certificates import names
from lms.certificates.names import NameProblem
from lms.certificates.pdf.glyphs import missing_glyphs
from lms.certificates.rules import Reason
from lms.core.discretion import titles_are_neutral
from lms.core.i18n import LANGUAGES
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Line, needed

FULL, NEUTRAL = "full", "neutral"
REASONS = [
    (Reason.MISTAKE, _l("It was issued by mistake")),
    (Reason.NOT_OWN_WORK, _l("The work was not the holder’s own")),
]


class ClaimForm(Form):
    """What is printed: the name, the language, how much of the course."""

    name = Line(
        _l("Name on the certificate"),
        longest=names.LONGEST,
        description=_l(
            "As it should stand on paper: legal, chosen or a pseudonym. "
            "It does not change your name here."
        ),
    )
    lang = RadioField(_l("Language"), choices=[], validate_choice=False)
    wording = RadioField(
        _l("Course title"),
        choices=[
            SelectChoice(FULL, _l("Full title")),
            SelectChoice(NEUTRAL, _l("Neutral title")),
        ],
        validate_choice=False,
    )

    def offer(self, lang: str) -> None:
        """Fill in the choices: the language of the page comes first."""
        ordered = sorted(LANGUAGES.items(), key=lambda pair: pair[0] != lang)
        self.lang.choices = [SelectChoice(*choice) for choice in ordered]
        self.lang.data = self.lang.data or lang
        self.wording.data = self.wording.data or (NEUTRAL if titles_are_neutral() else FULL)

    def validate_name(self, field: Line) -> None:
        """Refuse what can't be printed, and say what to type instead."""
        field.data = names.tidy(field.data or "")
        if problem := names.problem(field.data):
            raise ValidationError(_words(problem, field.data))

    def validate_lang(self, field: RadioField) -> None:
        """One of our languages."""
        if field.data not in LANGUAGES:
            raise ValidationError(_("Choose one of the languages."))

    def validate_wording(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in {FULL, NEUTRAL}:
            raise ValidationError(_("Choose one of the two."))


def _words(problem: NameProblem, name: str) -> str:
    if problem is NameProblem.EMPTY:
        return _("Type the name that should stand on the certificate.")
    if problem is NameProblem.NO_GLYPH:
        return _(
            "We cannot print %(letters)s. "
            "Write the name in Latin, Cyrillic, Georgian or Armenian letters.",
            letters=" ".join(missing_glyphs(name)),
        )
    if problem is NameProblem.MIXED_ALPHABETS:
        return _("Two alphabets are mixed in one word. Type the word again on one keyboard.")
    return _("Use letters, digits, spaces, hyphens, apostrophes and full stops only.")


class CompareForm(Form):
    """A stranger types the name from the paper."""

    name = Line(
        _l("Name on the paper"),
        longest=2 * names.LONGEST,
        validators=[needed(_l("Type the name as it stands on the paper."))],
    )


class WithdrawForm(Form):
    """A member of staff asks for a certificate to be withdrawn."""

    number = Line(
        _l("Number of the certificate"),
        longest=64,
        validators=[needed(_l("Type the number from the certificate."))],
    )
    reason = RadioField(
        _l("Why"),
        choices=[SelectChoice(*reason) for reason in REASONS],
        validate_choice=False,
    )

    def validate_reason(self, field: RadioField) -> None:
        """One of the reasons."""
        if field.data not in set(Reason):
            raise ValidationError(_("Choose one of the reasons."))
