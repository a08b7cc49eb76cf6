"""What is done with the tables of this room and with those of the engine room, which has no plate of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.accounts.records import NAME
from lms.core import once, outbox, throttle
from lms.core.files import store
from lms.core.files.models import StoredFile
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.once import FormKey
from lms.core.outbox import Outbox
from lms.core.records import Delete, Holding, Record, days, for_days, own
from lms.core.sealing import DataKey
from lms.core.throttle import Throttle
from lms.privacy import actions
from lms.privacy.models import Copy, Erased, Erasure, LastUse
from lms.privacy.rules import ABANDONED_MONTHS, CAN_COME_BACK, COPY_WAITS


def _account_kept() -> str:
    return _(
        "%(months)s months; then an account that nobody uses is destroyed", months=ABANDONED_MONTHS
    )


def _hours() -> str:
    return _("%(hours)s hours, or until you take it", hours=int(COPY_WAITS.total_seconds() // 3600))


COPIES = Holding(
    85, _l("A copy of your data that you asked for"), _l("You"), _hours, actions.forget_copies
)
LEAVING = Holding(
    86, _l("That you want everything deleted"), _l("You"), for_days(CAN_COME_BACK.days)
)
USE = Holding(15, _l("Month in which the account was last used"), _l("Nobody"), _account_kept)
COUNTERS = Holding(
    95,
    _l("Counters of wrong passphrases and codes"),
    _l("Nobody; they name nobody"),
    for_days(throttle.FORGET.days),
    throttle.forget_old,
)
FORMS = Holding(
    96,
    _l("That a form was sent, so that it counts once"),
    _l("Nobody; it names nobody"),
    for_days(once.KEPT.days),
    once.forget_old,
)
WORK = Holding(
    97,
    _l("Work that was done: a mail sent, a PDF made"),
    _l("Nobody; only numbers"),
    lambda: _("%(days)s after it is done", days=days(outbox.KEPT.days)),
    outbox.forget_old,
)
GONE = Holding(
    98,
    _l("That an account was deleted, as a number that names nobody"),
    _l("Nobody"),
    lambda: str(_l("As long as there could be a backup")),
)

FILES = Holding(62, _l("Files that you sent with a task"), _l("You and the person who reads them"))


def _file(row: Mapping[str, Any], owner: str, _lang: str) -> tuple[str, bytes]:
    return f"{row['public_id']}.{row['kind']}", store.content(row["public_id"], owner)


RECORDS = (
    Record(
        StoredFile,
        FILES,
        mine=own(StoredFile.owner_id),
        copy=("public_id", "kind", "size", "kept_at"),
        file=_file,
        apart=("id", "owner_id", "sealed"),
        erase=(Delete(own(StoredFile.owner_id)),),
    ),
    Record(
        Copy,
        COPIES,
        mine=own(Copy.person_id),
        copy=("asked_at", "lang"),
        apart=("id", "public_id", "person_id", "ready_at", "taken_at", "sealed"),
        erase=(Delete(own(Copy.person_id)),),
    ),
    Record(
        Erasure,
        LEAVING,
        mine=own(Erasure.person_id),
        copy=("asked_at", "due_at"),
        apart=("person_id", "keys_gone_at"),
        erase=(Delete(own(Erasure.person_id)),),
    ),
    Record(
        LastUse,
        USE,
        mine=own(LastUse.person_id),
        copy=("month",),
        apart=("person_id",),
        erase=(Delete(own(LastUse.person_id)),),
    ),
    Record(Erased, GONE, apart=("digest",), stays=("digest",)),
    # The row of a person goes first of all, by `sealing.destroy`: it is what makes the rest unreadable.
    Record(DataKey, NAME, apart=("owner", "kek", "wrapped"), stays=("owner", "kek", "wrapped")),
    Record(
        Throttle,
        COUNTERS,
        apart=("key", "failures", "last_at"),
        stays=("key", "failures", "last_at"),
    ),
    Record(
        FormKey,
        FORMS,
        apart=("digest", "location", "used_at"),
        stays=("digest", "location", "used_at"),
    ),
    Record(
        Outbox,
        WORK,
        apart=(
            *("id", "kind", "payload", "key", "tries", "run_at", "leased_until", "done_at"),
            "failed",
        ),
        stays=(
            *("id", "kind", "payload", "key", "tries", "run_at", "leased_until", "done_at"),
            "failed",
        ),
    ),
)
