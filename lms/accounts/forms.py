"""Forms of accounts, and what they say when something can't be taken."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import PasswordInput

from lms.accounts import rules, secrets
from lms.core.i18n import format_place, ngettext
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Line, needed

# Where the people of the network live; any other zone of the database is accepted when it is set already.
ZONES = (
    "Europe/Vilnius", "Europe/Riga", "Europe/Tallinn", "Europe/Warsaw", "Europe/Prague", "Europe/Bratislava",
    "Europe/Budapest", "Europe/Bucharest", "Europe/Sofia", "Europe/Belgrade", "Europe/Sarajevo",
    "Europe/Podgorica", "Europe/Skopje", "Europe/Tirane", "Europe/Chisinau", "Europe/Kyiv", "Europe/Minsk",
    "Europe/Moscow", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku", "Asia/Yekaterinburg", "Asia/Novosibirsk",
    "Asia/Almaty", "Asia/Bishkek", "Asia/Dushanbe", "Asia/Tashkent", "Asia/Ashgabat", "Europe/Berlin",
    "Europe/London", "UTC",
)  # fmt: skip


def _zone_choices() -> list[SelectChoice]:
    return [SelectChoice(zone, format_place(zone)) for zone in ZONES]


def handle_message(problem: rules.BadHandle) -> str:
    """What to do about a handle."""
    return {
        rules.BadHandle.LENGTH: _("Use 3 to 32 letters or digits."),
        rules.BadHandle.SHAPE: _(
            "Use letters and digits; a space, dot or dash may stand between words."
        ),
        rules.BadHandle.MIXED: _(
            "Latin and Cyrillic letters are mixed in one word. Use one alphabet."
        ),
        rules.BadHandle.RESERVED: _("This name is kept for the team. Choose another one."),
    }[problem]


def passphrase_message(problem: rules.Weak, length: int) -> str:
    """What to do about a passphrase."""
    if problem is rules.Weak.SHORT:
        return ngettext(
            "Too short: %(num)s character. It needs 15; six words are easy to keep in mind.",
            "Too short: %(num)s characters. It needs 15; six words are easy to keep in mind.",
            length,
        )
    return {
        rules.Weak.LONG: _("Too long. 256 characters are the most that we can take."),
        rules.Weak.HANDLE: _(
            "It is mostly your name here. Use words that nobody connects with you."
        ),
        rules.Weak.PATTERN: _(
            "It is a pattern that programs try first. Six random words are safer."
        ),
        rules.Weak.COMMON: _(
            "Many people use this one, so it is tried first. Take six random words."
        ),
    }[problem]


class NewPassphrase(PasswordField):
    """A passphrase that is being chosen."""

    def fill_in(self, made: str) -> None:
        """Put a passphrase that we made into the field, where it can be seen."""
        self.data, self.widget = made, PasswordInput(hide_value=False)

    def pre_validate(self, form: Any) -> None:
        """Judge it together with the handle beside it."""
        handle = form.handle.data or "" if "handle" in form else ""
        problem = rules.weakness(self.data or "", handle)
        if problem:
            raise ValidationError(passphrase_message(problem, len(self.data or "")))


class HandleForm(Form):
    """Name the account."""

    handle = Line(
        _l("Name for signing in"),
        longest=rules.HANDLE_LONGEST,
        description=_l("Not your real name. Choose something that nobody can link to you."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_handle(self, field: Line) -> None:
        """Refuse shapes that can't be told apart from others."""
        if problem := rules.bad_handle(field.data or ""):
            raise ValidationError(handle_message(problem))


class JoinForm(HandleForm):
    """Step one of joining."""

    passphrase = NewPassphrase(
        _l("Passphrase"),
        description=_l("At least 15 characters. Six random words work well."),
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(Form):
    """Come back. Has no one-time key: signing in twice harms nobody, and its claim would hold the write lock."""

    form_key = None  # type: ignore[assignment]

    handle = Line(
        _l("Name for signing in"),
        longest=200,
        validators=[needed(_l("Type the name that you sign in with."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    passphrase = PasswordField(
        _l("Passphrase"),
        validators=[needed(_l("Type your passphrase."))],
        render_kw={"autocomplete": "current-password", "maxlength": 1000},
    )
    own_phone = BooleanField(_l("This phone is mine"))


class AgainForm(Form):
    """Type the passphrase again. No one-time key either: see SignInForm."""

    form_key = None  # type: ignore[assignment]

    passphrase = PasswordField(
        _l("Passphrase"),
        validators=[needed(_l("Type your passphrase."))],
        render_kw={"autocomplete": "current-password", "maxlength": 1000},
    )


class SecondForm(Form):
    """Show a second factor. No one-time key either: a code is used up by itself."""

    form_key = None  # type: ignore[assignment]

    code = Line(
        _l("Code"),
        longest=100,
        description=_l("Six digits from your app, or a back-up code from paper."),
        validators=[needed(_l("Type the code."))],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )


class CodeAppForm(Form):
    """Show that the code app works."""

    sealed = HiddenField()
    code = Line(
        _l("Code"),
        longest=20,
        description=_l("The six digits that the app shows now."),
        validators=[needed(_l("Type the code."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class KeyForm(Form):
    """Name a passkey, or a phone."""

    name = Line(
        _l("Your name for it"),
        longest=40,
        description=_l("For yourself, so that you can tell them apart."),
        render_kw={"autocomplete": "off"},
    )


class NewKeyForm(KeyForm):
    """Bring a new passkey, as the browser made it."""

    challenge = HiddenField()
    answer = HiddenField()


class NewNameForm(HandleForm):
    """Change the name for signing in."""


class LockForm(Form):
    """Type the twelve digits."""

    form_key = None  # type: ignore[assignment]

    code = Line(
        _l("Twelve digits"),
        longest=40,
        validators=[needed(_l("Type the digits."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class PersonForm(Form):
    """Do something about somebody's account."""

    handle = Line(
        _l("Name for signing in"),
        longest=200,
        validators=[needed(_l("Type the name that the person signs in with."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    what = RadioField(
        _l("What to do"),
        choices=lambda: [
            ("end", _("Sign out everywhere: the person can sign in again")),
            ("lock", _("Lock: only the recovery code opens the account again")),
            ("reset", _("Take the second step away: the person sets up a new one")),
        ],
        default="end",
    )


class VouchForm(Form):
    """Vouch for somebody whose mentor one is."""

    pair = SelectField(_l("For whom"), choices=[])
    sure = BooleanField(_l("I have spoken with the person and am sure who it is"))

    def validate_sure(self, field: BooleanField) -> None:
        """Nobody vouches by accident."""
        if not field.data:
            raise ValidationError(_("Speak with the person first, then tick this."))


class TogetherForm(HandleForm):
    """Come back with the halves of two people."""

    code = Line(_l("First half"), longest=64, render_kw={"autocomplete": "off"})
    recovery = Line(_l("Second half"), longest=64, render_kw={"autocomplete": "off"})
    passphrase = NewPassphrase(
        _l("New passphrase"),
        description=_l("At least 15 characters. Six random words work well."),
        render_kw={"autocomplete": "new-password"},
    )


class WayBackForm(Form):
    """Type two groups of the recovery code back."""

    sealed = HiddenField()
    first = Line("", longest=12, render_kw={"inputmode": "numeric", "autocomplete": "off"})
    second = Line("", longest=12, render_kw={"inputmode": "numeric", "autocomplete": "off"})


class RecoverForm(HandleForm):
    """Come back with the recovery code."""

    code = Line(
        _l("Recovery code"),
        longest=100,
        description=_l("36 digits in nine groups. Spaces do not matter."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    passphrase = NewPassphrase(
        _l("New passphrase"),
        description=_l("At least 15 characters. Six random words work well."),
        render_kw={"autocomplete": "new-password"},
    )

    def validate_code(self, field: Line) -> None:
        """The code has 36 digits; fewer is a slip that need not be counted as a wrong try."""
        digits = secrets.read_code(field.data or "")
        wanted = secrets.GROUPS * secrets.GROUP
        if len(digits) != wanted:
            raise ValidationError(
                ngettext(
                    "There is %(num)s digit; the code has 36. Look for a group that is missing.",
                    "There are %(num)s digits; the code has 36. Look for a group that is missing.",
                    len(digits),
                )
            )


class ChangePassphraseForm(Form):
    """Change the passphrase."""

    current = PasswordField(
        _l("Passphrase now"),
        validators=[needed(_l("Type your passphrase."))],
        render_kw={"autocomplete": "current-password"},
    )
    passphrase = NewPassphrase(
        _l("New passphrase"),
        description=_l("At least 15 characters. Six random words work well."),
        render_kw={"autocomplete": "new-password"},
    )


class ZoneForm(Form):
    """Choose the time zone."""

    zone = SelectField(_l("Times are shown for"), choices=_zone_choices)

    def offer(self, zone: str) -> None:
        """Add the zone that the person has already, if it is a real one."""
        if zone not in ZONES and zone in available_timezones():
            self.zone.choices = [*_zone_choices(), SelectChoice(zone, zone)]


class FirstForm(Form):
    """Enter the one-time token."""

    code = Line(_l("One-time token"), longest=100, validators=[needed(_l("Paste the token here."))])
