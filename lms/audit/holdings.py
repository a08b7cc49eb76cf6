"""What the house holds about a person, who can see it and how long it is kept, as people read it.

The lines are those of the records that copy, erasure and clearing follow (`core.records`); what is not asked
stands here.
"""

from __future__ import annotations

from lms.core import records
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import NOT_KEPT, Holding


def _nothing() -> str:
    return NOT_KEPT


NOT_ASKED = (
    Holding(200, _l("Phone number, documents, country"), _l("Not asked"), _nothing),
    Holding(201, _l("IP address, kind of phone"), _l("Not stored"), _nothing),
)


def holdings() -> list[Holding]:
    """Every line of the table."""
    return [*records.holdings(), *NOT_ASKED]
