"""The form that erases: the name for signing in, typed by hand."""

from __future__ import annotations

from lms.accounts.rules import skeleton
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Line, needed, typed


class EraseForm(Form):
    """Nothing goes by a slip of the finger."""

    handle = Line(
        _l("Type your name for signing in"),
        longest=64,
        validators=[needed(_l("Type the name that you sign in with."))],
    )

    def is_of(self, handle: str) -> bool:
        """Whether the typed name is this one; says so beside the field when it is not."""
        if skeleton(typed(self.handle)) == skeleton(handle):
            return True
        self.handle.errors = [_("This is not the name that you sign in with. Nothing has changed.")]
        return False
