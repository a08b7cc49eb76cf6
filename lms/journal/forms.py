"""Forms of the journal."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import SharedForm, Text, needed

LONGEST = 20_000


class EntryForm(SharedForm):
    """An entry. Its field is no draft of ours: nothing of it stays in the browser."""

    body = Text(
        _l("For yourself"),
        longest=LONGEST,
        validators=[needed(_l("Write something first."))],
        render_kw={"rows": 10},
    )
