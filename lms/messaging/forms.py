"""The form for a mail address."""

from __future__ import annotations

import re

from wtforms import BooleanField
from wtforms.validators import ValidationError

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Line, needed

# Only enough to catch slips: whether an address exists, only its server knows.
_ADDRESS = re.compile(r"[^\s@<>\"',;:\\]+@[^\s@<>\"',;:\\]+\.[^\s@<>\"',;:\\.]+", re.ASCII)


class WishesForm(Form):
    """What comes, and where."""

    mail = BooleanField(
        _l("Mail"), description=_l("Off means: no mail at all. The address stays, sealed.")
    )
    reminders_here = BooleanField(
        _l("Reminders here"),
        description=_l("That somebody waits for a word. Three in two weeks at most."),
    )
    reminders_by_mail = BooleanField(
        _l("Reminders by mail too"),
        description=_l("Never between 9 in the evening and 9 in the morning."),
    )
    weekly = BooleanField(
        _l("A mail on Mondays"),
        description=_l("At 9 in the morning, only if something waits for you by then."),
    )


class AddressForm(Form):
    """Leave an address."""

    address = Line(
        _l("Mail address"),
        longest=254,
        validators=[needed(_l("Type the address that mails should go to."))],
        description=_l("It is kept encrypted and shown to nobody."),
        render_kw={
            "type": "email",
            "inputmode": "email",
            "autocomplete": "off",
            "spellcheck": "false",
        },
    )

    def validate_address(self, field: Line) -> None:
        """Refuse what can't be an address."""
        if not _ADDRESS.fullmatch(field.data or ""):
            raise ValidationError(_("Write it like name@example.org."))
