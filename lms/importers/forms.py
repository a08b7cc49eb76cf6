"""Forms of importers."""

from __future__ import annotations

from wtforms import FileField, HiddenField

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form


class TableForm(Form):
    """A table from a file; once it was read, it travels in the page until it is confirmed."""

    file = FileField(_l("CSV file"))
    table = HiddenField()


class SheetForm(Form):
    """Codes that are shown this once, sealed, so that the same page can be taken as a file."""

    sealed = HiddenField()
