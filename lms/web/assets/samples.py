"""Invented forms for ``/styleguide``, which shows every component in every state."""

from __future__ import annotations

from typing import Any

import segno
from markupsafe import Markup
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from lms.web.forms import Told


class SampleForm(Told, Form):
    """One field of every kind that the product uses."""

    form_key = HiddenField(default="sample")
    name = StringField(
        "Name that others will see",
        description="Pick something that nobody can link to you. You can change it later.",
    )
    passphrase = PasswordField(
        "Passphrase", description="At least 15 characters. Six random words work well."
    )
    back = RadioField(
        "If you forget the passphrase",
        choices=[SelectChoice("code", "A code on paper"), SelectChoice("none", "No way back")],
        default="code",
    )
    asks = SelectMultipleField(
        "Who can ask for the record?",
        choices=[
            SelectChoice("person", "The person whose case it is"),
            SelectChoice("office", "The ombudsperson’s office"),
        ],
        default=["person"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reader = RadioField(
        "Who can read the note",
        choices=[SelectChoice("both", "Saule can read it"), SelectChoice("me", "Only me")],
        default="both",
    )
    language = SelectField(
        "Language", choices=[SelectChoice("en", "English"), SelectChoice("ru", "Русский")]
    )
    note = TextAreaField("New note", description="What did you agree? What comes next?")
    message = TextAreaField("Write to Daria")
    record = FileField(
        "Your record, one page",
        description="Photo, PDF or text, up to 5 MB. We remove location and camera data.",
    )
    mine = BooleanField("This phone is mine", description="You stay logged in for 14 days.")


def samples() -> dict[str, Any]:
    """Return what ``styleguide.html`` needs beyond the globals: a calm form and one with errors."""
    broken = SampleForm(
        data={"name": "Saule", "back": "code", "reader": "both", "asks": ["person"]}
    )
    broken.name.errors = ["“Saule” is taken. Try one below, or add a word."]
    broken.passphrase.errors = ["Too short: 6 characters. It needs 15."]
    code = segno.make("alongside.example/c", error="m")
    return {
        "sample": SampleForm(prefix="calm"),
        "broken": broken,
        "code": Markup(code.svg_inline(omitsize=True)),
    }
