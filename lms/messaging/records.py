"""What is done with notices and mail addresses: copy, erasure, keeping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Delete, Holding, Record, for_days, own
from lms.core.sealing import unseal
from lms.messaging.actions import KEPT, address_place, forget_old
from lms.messaging.kinds import LOOKS, Kind
from lms.messaging.models import Contact, Notice, NoticeChoice

MAIL = Holding(
    70,
    _l("Mail address"),
    _l("Nobody; used to send “something is waiting”"),
    lambda: str(_l("You delete it")),
)
WISHES = Holding(
    76,
    _l("Which notices you want"),
    _l("You"),
    lambda: str(_l("You change it")),
)
NOTICES = Holding(75, _l("Notices in the app"), _l("You"), for_days(KEPT.days), forget_old)


def _said(row: Mapping[str, Any], _owner: str, _lang: str) -> str:
    return str(LOOKS[Kind(row["kind"])].text)


def _address(row: Mapping[str, Any], owner: str, _lang: str) -> str:
    return unseal(row["address"], address_place(owner))


RECORDS = (
    Record(
        Notice,
        NOTICES,
        mine=own(Notice.person_id),
        copy=("kind", "created_at", "read_at"),
        told={"kind": _said},
        apart=("id", "public_id", "person_id", "params"),
        erase=(Delete(own(Notice.person_id)),),
    ),
    Record(
        NoticeChoice,
        WISHES,
        mine=own(NoticeChoice.person_id),
        copy=("mail", "reminders_here", "reminders_by_mail", "weekly"),
        apart=("person_id",),
        erase=(Delete(own(NoticeChoice.person_id)),),
    ),
    Record(
        Contact,
        MAIL,
        mine=own(Contact.person_id),
        copy=("address", "lang", "mailed_at"),
        told={"address": _address},
        apart=("person_id", "cycle"),
        erase=(Delete(own(Contact.person_id)),),
    ),
)
