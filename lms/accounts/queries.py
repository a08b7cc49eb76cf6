"""Reads of accounts: small rows made for one purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, literal_column, select

from lms.accounts import secrets
from lms.accounts.factors.queries import guarded
from lms.accounts.models import DiscreetView, Person, RoleGrant, SignIn, Vouching
from lms.accounts.rules import skeleton
from lms.core.db import db, fetch


@dataclass(frozen=True, slots=True)
class Found:
    """The person behind a sign-in."""

    sign_in_id: int
    own_phone: bool
    person_id: int
    public_id: str
    handle: str
    zone: str
    roles: frozenset[str]
    half_way: bool
    """The passphrase is known, a second factor is asked of her and was not shown yet."""
    vouched_for: bool
    """Two people say that she lost every way in; she can stop it."""
    private_by_token: bytes = field(repr=False)
    """Her private key, wrapped by the cookie's token (`vault.unlocked`)."""
    discreet: bool
    """She wants to see courses only until the passphrase is typed once more."""


# A literal, because a value is written into the SQL anew at each use.
_COMMA: Any = literal_column("','")
_ROLES = (
    select(func.aggregate_strings(RoleGrant.role, _COMMA))
    .where(RoleGrant.person_id == Person.id)
    .scalar_subquery()
)


_DISCREET = select(DiscreetView.person_id).where(DiscreetView.person_id == Person.id).exists()


@cache
def _by_token() -> Select[*tuple[Any, ...]]:
    # Made at first use: rooms above have said by then who else must show a second factor.
    live = (SignIn.expires_at > bindparam("now")) & (Person.state == literal_column("'active'"))
    return (
        select(
            SignIn.id,
            SignIn.own_phone,
            Person.id,
            Person.public_id,
            Person.handle,
            Person.zone,
            _ROLES,
            SignIn.proven,
            ~SignIn.proven & guarded(),
            exists().where(Vouching.person_id == Person.id, Vouching.state == "waiting"),
            SignIn.private_by_token,
            _DISCREET,
        )
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == bindparam("hashed"), live)
    )


def by_token(token: str, now: datetime) -> Found | None:
    """The person behind a sign-in's cookie token, with her roles, in one statement."""
    row = fetch(_by_token(), hashed=secrets.token_hash(token), now=now).first()
    if row is None:
        return None
    sign_in_id, own_phone, person_id, public_id, handle, zone, held, proven, asked, *rest = row
    vouched, wrapped, discreet = rest
    granted: frozenset[str] = frozenset(held.split(",")) if held else frozenset()
    half_way = not proven and (bool(granted) or bool(asked))
    return Found(
        *(sign_in_id, own_phone, person_id, public_id, handle, zone, granted, half_way),
        vouched_for=bool(vouched),
        private_by_token=wrapped,
        discreet=bool(discreet),
    )


def by_handle(handle: str) -> Person | None:
    """The person with this handle, in any case, spacing or look-alike letters."""
    return db.session.scalar(select(Person).where(Person.skeleton == skeleton(handle)))


def by_id(person_id: int) -> Person:
    """The person with this number, who must exist."""
    return db.session.get_one(Person, person_id)


def anybody() -> bool:
    """Whether there is any account yet."""
    return db.session.scalar(select(Person.id).limit(1)) is not None


def has_recovery(person_id: int) -> bool:
    """Whether the person has written down a recovery code."""
    hashed = select(Person.recovery_hash).where(Person.id == person_id)
    return db.session.scalar(hashed) is not None


def holders(role: str) -> list[int]:
    """Ids of the people who hold a role."""
    held = select(RoleGrant.person_id).where(RoleGrant.role == role)
    return list(db.session.scalars(held.order_by(RoleGrant.person_id)))


@dataclass(frozen=True, slots=True)
class SignedInHere:
    """One browser that is signed in. `mark` tells it from others in a form; it opens nothing."""

    id: int
    mark: str
    name: str
    own_phone: bool
    started_on: date | None


def sign_ins(person_id: int, now: datetime) -> list[SignedInHere]:
    """Where the person is signed in, the latest first."""
    live = (SignIn.person_id == person_id) & (SignIn.expires_at > now)
    rows = db.session.scalars(select(SignIn).where(live).order_by(SignIn.id.desc()))
    return [
        SignedInHere(row.id, secrets.mark(row.token_hash), row.name, row.own_phone, row.started_on)
        for row in rows
    ]


def sign_in_count(person_id: int, now: datetime) -> int:
    """How many browsers are signed in as the person."""
    live = (SignIn.person_id == person_id) & (SignIn.expires_at > now)
    return db.session.scalar(select(func.count()).select_from(SignIn).where(live)) or 0
