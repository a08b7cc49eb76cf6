"""The answer to "Why?"."""

from __future__ import annotations

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, Text, needed


class AnswerForm(Form):
    """A few plain words."""

    answer = Text(
        _l("Why it was needed"),
        longest=500,
        description=_l("In plain words. The person who asks reads it."),
        validators=[needed(_l("Write a sentence."))],
    )
