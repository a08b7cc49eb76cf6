"""What is done with the tables of accounts: copy, erasure, keeping."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import ColumnElement, or_

from lms.accounts import actions, vouching
from lms.accounts.factors import actions as factors
from lms.accounts.factors.models import BackupCode, Challenge, CodeApp, Passkey
from lms.accounts.models import (
    DiscreetView,
    FirstToken,
    LockLink,
    Person,
    RoleGrant,
    SignIn,
    Vouching,
)
from lms.core import ids
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.records import Blank, Delete, Holding, Record, days, own
from lms.core.settings import Settings


def _sign_ins_kept() -> str:
    settings: Settings = current_app.extensions["settings"]
    return _("Until you sign out, %(days)s at most", days=days(settings.own_phone_days))


def _vouching(person_id: int) -> ColumnElement[bool]:
    three = (Vouching.person_id, Vouching.mentor_id, Vouching.staff_id)
    return or_(*(column == person_id for column in three))


NAME = Holding(10, _l("Name for signing in"), _l("You; coordinators can look it up"))
SECRETS = Holding(
    20,
    _l("Passphrase, recovery code, second step, lock link"),
    _l("Nobody; only a check value is kept"),
    forget=factors.forget_old,
)
SIGN_INS = Holding(
    30, _l("Browsers that are signed in"), _l("You"), _sign_ins_kept, actions.forget_old
)
VOUCHING = Holding(
    26, _l("That two people vouch for you"), _l("You and the two"), forget=vouching.forget_old
)

# What is left of a person whom rows of others still count: a number, and nothing to find her by.
_NOBODY = {
    "public_id": ids.public_id,
    "handle": "",
    "skeleton": lambda: f"/{ids.public_id()}",
    "zone": "UTC",
    "state": "gone",
    "salt": b"",
    "memory_kib": 0,
    "passes": 0,
    "verifier_hash": b"",
    "public_key": b"",
    "private_by_passphrase": b"",
    "private_by_recovery": None,
    "recovery_hash": None,
}

RECORDS = (
    Record(
        Person,
        NAME,
        mine=own(Person.id),
        copy=("handle", "zone"),
        apart=(
            *("id", "public_id", "skeleton", "state", "salt", "memory_kib", "passes"),
            *("verifier_hash", "public_key", "private_by_passphrase", "private_by_recovery"),
            "recovery_hash",
        ),
        erase=(Blank(own(Person.id), _NOBODY),),
        numbers=("id",),
    ),
    Record(
        RoleGrant,
        NAME,
        mine=own(RoleGrant.person_id),
        copy=("role", "granted_at"),
        apart=("person_id",),
        erase=(Delete(own(RoleGrant.person_id)),),
    ),
    Record(
        SignIn,
        SIGN_INS,
        mine=own(SignIn.person_id),
        copy=("name", "own_phone", "started_on", "expires_at"),
        apart=("id", "person_id", "token_hash", "private_by_token", "proven"),
        erase=(Delete(own(SignIn.person_id)),),
    ),
    Record(
        DiscreetView,
        NAME,
        mine=own(DiscreetView.person_id),
        apart=("person_id",),
        erase=(Delete(own(DiscreetView.person_id)),),
    ),
    Record(
        CodeApp,
        SECRETS,
        mine=own(CodeApp.person_id),
        copy=("added_on",),
        apart=("person_id", "secret", "last_step"),
        erase=(Delete(own(CodeApp.person_id)),),
    ),
    Record(
        Passkey,
        SECRETS,
        mine=own(Passkey.person_id),
        copy=("name", "added_on"),
        apart=("id", "public_id", "person_id", "credential_id", "public_key", "counter"),
        erase=(Delete(own(Passkey.person_id)),),
    ),
    Record(
        BackupCode,
        SECRETS,
        mine=own(BackupCode.person_id),
        apart=("digest", "person_id"),
        erase=(Delete(own(BackupCode.person_id)),),
    ),
    Record(Challenge, None, apart=("digest", "expires_at"), stays=("digest", "expires_at")),
    Record(
        LockLink,
        SECRETS,
        mine=own(LockLink.person_id),
        apart=("person_id", "digest"),
        erase=(Delete(own(LockLink.person_id)),),
    ),
    Record(
        Vouching,
        VOUCHING,
        mine=own(Vouching.person_id),
        copy=("shown_name", "state", "asked_at", "ready_at"),
        apart=(
            "id",
            "public_id",
            "person_id",
            "mentor_id",
            "staff_id",
            "mentor_half",
            "staff_half",
        ),
        # It needs all three: when one of them goes, it comes to nothing.
        erase=(Delete(_vouching),),
    ),
    Record(
        FirstToken, None, apart=("token_hash", "expires_at"), stays=("token_hash", "expires_at")
    ),
)
