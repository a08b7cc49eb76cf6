"""Form and field classes: what every form refuses, and how typed text survives a failure.

A form carries a CSRF token that lives as long as the session and a one-time key (`core.once`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from flask import Flask, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from lms.core import text
from lms.core.db import alone
from lms.core.i18n import gettext as _
from lms.core.i18n import language, ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.once import FIELD as KEY_FIELD
from lms.core.once import new_key

CSRF_FIELD = "csrf_token"
# Never carried over a failed request: a secret must be typed by a person who is there.
SECRET_FIELDS = frozenset({"passphrase", "current", "again", "code", "recovery"})
REPLAY_LIMIT = 64_000
LONGEST_NUMBER = 9


# What WTForms says where a form has no words of its own: ours tell what to do.
OWN_WORDS = {
    "Not a valid choice.": _l("Choose one."),
    "Not a valid integer value.": _l("Write a whole number, like 12."),
    "This field is required.": _l("Fill this in."),
}


class _Texts:
    """The library's texts in one language, but for those that we say better."""

    def __init__(self, lang: str) -> None:
        self.library = get_translations([lang])

    def gettext(self, text: str) -> str:
        """One text."""
        return str(OWN_WORDS[text] if text in OWN_WORDS else self.library.gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """A text that counts."""
        return str(self.library.ngettext(one, many, number))


@cache
def _library_texts(lang: str) -> _Texts:
    # The library would read its catalogue again for every form.
    return _Texts(lang)


class Told:
    """A form whose error summary stands on a page once, wherever a template asks first."""

    _told = False
    # What stands there meanwhile, by label, where somebody else was faster (`SharedForm`).
    stands: Sequence[tuple[str, str]] = ()

    def untold(self) -> bool:
        """Whether the summary still has to be printed. The template that asks prints it."""
        told, self._told = self._told, True
        return not told


class Form(Told, FlaskForm):  # type: ignore[misc]
    """Base of every form."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How fields are made."""

        def get_translations(self, form: Any) -> Any:
            """The library's own texts in the language of the page."""
            return _library_texts(language())

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take fields from a form's body only: what comes as a file or as JSON was not typed."""
            return request.form if formdata is not None and request.method == "POST" else None

    form_key = HiddenField(default=new_key)


def init_app(app: Flask) -> None:
    """Two saves of one shared form in the same instant: the second one reads what the first one wrote."""

    @app.before_request
    def one_at_a_time() -> None:
        if request.method == "POST" and "seen" in request.form:
            alone(request.path.split("/", 2)[-1])


class SharedForm(Form):
    """A form over what may be changed meanwhile, by somebody else or in another tab.

    It carries a mark of what stood there when it was shown. When something else stands there by then, nothing
    is overwritten: the page comes back with both (409), and sending it again is a decision.
    """

    seen = HiddenField()

    def overtaken(self, stored: Mapping[str, Any]) -> bool:
        """Whether other values stand in these fields now than the form was shown with. Ask before validating."""
        lines = [(str(self[name].label.text), _shown(self[name], stored[name])) for name in stored]
        # Of the values, not of the words: the page may have been opened in the other language.
        mark = sha256(repr(list(stored.items())).encode()).hexdigest()[:16]
        before, self.seen.data = self.seen.data if self.is_submitted() else "", mark
        if not before or before == mark:
            return False
        self.stands = lines
        return True


def _shown(field: Field, value: Any) -> str:
    if isinstance(value, list):
        choices: Iterable[Any] = field.iter_choices()  # type: ignore[attr-defined]
        return ", ".join(str(one[1]) for one in choices if one[0] in value)
    return str(value)


class Line(StringField):
    """One line of text, NFC, trimmed. Refuses controls, bidi tricks, invisible characters and excess length."""

    def __init__(self, label: Any, *, longest: int = 200, **options: Any) -> None:
        _leave_no_copy(options)
        super().__init__(label, **options)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Normalise what came in."""
        self.data = unicodedata.normalize("NFC", valuelist[0]).strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be shown safely in one line."""
        refuse_unsafe(self.data or "", self.longest, lines=False)


class Number(IntegerField):
    """A whole number. The library's own comparisons fail over one with hundreds of digits."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; say so where there is none, or one that nobody means."""
        if valuelist and len(valuelist[0]) > LONGEST_NUMBER:
            self.data = None
            raise ValueError(_("This number is too long."))
        super().process_formdata(valuelist)


class Text(TextAreaField):
    """Several lines of text, with the same refusals; line breaks are kept as \\n."""

    def __init__(self, label: Any, *, longest: int = 10_000, **options: Any) -> None:
        _leave_no_copy(options)
        super().__init__(label, **options)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Normalise what came in."""
        typed = valuelist[0].replace("\r\n", "\n") if valuelist else ""
        self.data = unicodedata.normalize("NFC", typed).strip()

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be stored or shown."""
        refuse_unsafe(self.data or "", self.longest, lines=True)


def refuse_unsafe(typed: str, longest: int, *, lines: bool) -> None:
    """Raise ValidationError for text that is too long or holds characters that could deceive a reader."""
    if len(typed) > longest:
        over = len(typed) - longest
        raise ValidationError(
            ngettext(
                "Too long by %(num)s character. Make it shorter; nothing is lost.",
                "Too long by %(num)s characters. Make it shorter; nothing is lost.",
                over,
            )
        )
    if not text.is_clean(typed, multiline=lines):
        raise ValidationError(
            _("There is an invisible or control character in it. Type it again by hand.")
        )


def _leave_no_copy(options: dict[str, Any]) -> None:
    # Browsers write what stands in a field to the disk, to bring it back after a crash: on a seized phone it
    # would still lie there. What is to be kept while one writes is kept by our own drafts.
    options["render_kw"] = {"autocomplete": "off", **options.get("render_kw", {})}


def needed(message: Any) -> Any:
    """Validator: something must be typed or chosen; `message` says what to do."""

    def check(_form: Any, field: Field) -> None:
        if not field.data:
            raise ValidationError(str(message))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def typed(field: Field) -> str:
    """What stands in a field, as text; an empty field is an empty text."""
    return str(field.data or "")


class ReplayForm(Form):
    """Carries the fields of a request that could not be done, so that one press sends them again.

    They travel in the page only; nothing of them is stored (`decisions.md` 38).
    """

    @classmethod
    def of_request(
        cls, action: str | None = None, fields: MultiDict[str, str] | None = None
    ) -> ReplayForm:
        """Build it from the present request."""
        form = cls(formdata=None)
        form.replay_action = action or request.full_path.rstrip("?")
        form.replay_fields = safe_fields(request.form if fields is None else fields)
        return form

    replay_action: str
    replay_fields: Sequence[tuple[str, str]]


def safe_fields(fields: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The fields that may travel: no tokens, no secrets, at most 64 KB of text."""
    found = [
        (name, value)
        for name, value in fields.items(multi=True)
        if name not in {CSRF_FIELD, KEY_FIELD} and name not in SECRET_FIELDS
    ]
    return found if _size(found) <= REPLAY_LIMIT else []


def _size(fields: Iterable[tuple[str, str]]) -> int:
    return sum(len(name) + len(value) for name, value in fields)


def typed_text() -> bool:
    """Whether this request carries text that a person would be sorry to lose."""
    if request.method != "POST":
        return False
    try:
        return bool(safe_fields(request.form))
    except HTTPException:  # the body itself was refused: too much, or in too many parts
        return False
