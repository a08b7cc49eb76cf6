"""Tables of people and how they sign in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, K, Model


class Person(Model):
    """Somebody with an account.

    `handle` is for signing in only; `skeleton` is its form for comparison, so that look-alikes are one.
    The key pair is sealed to the person: its private half is wrapped by the passphrase and by the recovery
    code, never by a key of the server. `leaving`: hidden, destroyed in a few days (`accounts.leaving`); `gone`:
    what is left is a number that rows of other people count.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'locked', 'leaving', 'gone')", name="state"),
        # Few people are on their way out, and every list of others asks for them.
        Index(
            "ix_person_leaving",
            "id",
            sqlite_where=text("state = 'leaving'"),
            postgresql_where=text("state = 'leaving'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    handle: Mapped[str] = mapped_column(String(32), info=S1)
    skeleton: Mapped[str] = mapped_column(String(64), unique=True, info=S1)
    zone: Mapped[str] = mapped_column(String(64), info=S1)
    state: Mapped[str] = mapped_column(String(8), default="active", info=S1)
    salt: Mapped[bytes] = mapped_column(info=K)
    memory_kib: Mapped[int] = mapped_column(info=K)
    passes: Mapped[int] = mapped_column(info=K)
    verifier_hash: Mapped[bytes] = mapped_column(info=K)
    public_key: Mapped[bytes] = mapped_column(info=K)
    private_by_passphrase: Mapped[bytes] = mapped_column(info=K)
    private_by_recovery: Mapped[bytes | None] = mapped_column(info=K)
    recovery_hash: Mapped[bytes | None] = mapped_column(info=K)


class RoleGrant(Model):
    """A role that a person holds."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "role IN ('mentor', 'coordinator', 'author', 'administrator', 'safeguarding')",
            name="role",
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    role: Mapped[str] = mapped_column(String(16), primary_key=True, info=S1)
    granted_at: Mapped[datetime] = mapped_column(info=S1)


class DiscreetView(Model):
    """Somebody who wants to see courses only (`accounts.discreet`). No row: the usual view."""

    __tablename__ = "discreet_view"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)


class SignIn(Model):
    """One browser that is signed in. Only the hash of its token is kept.

    `private_by_token` is the person's private key wrapped by the token itself: what it opens can be opened
    while that browser holds its cookie, and by nobody who has the database. `proven`: a second factor was
    shown, too. `name` is what the person calls this phone; nothing else about it is kept.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    token_hash: Mapped[bytes] = mapped_column(unique=True, info=K)
    private_by_token: Mapped[bytes] = mapped_column(info=K)
    own_phone: Mapped[bool] = mapped_column(default=False, info=S1)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=S1)
    proven: Mapped[bool] = mapped_column(default=False, info=S1)
    started_on: Mapped[date | None] = mapped_column(Date, info=S1)
    name: Mapped[str] = mapped_column(String(40), default="", info=S1)


class FirstToken(Model):
    """A one-time token that makes its bearer the first administrator."""

    __tablename__ = "first_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True, info=K)
    expires_at: Mapped[datetime] = mapped_column(info=S1)


class LockLink(Model):
    """What locks an account from outside: the hash of an address and twelve digits. It opens nothing."""

    __tablename__ = "lock_link"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    digest: Mapped[bytes] = mapped_column(unique=True, info=K)


class Vouching(Model):
    """Two people vouch for somebody who lost passphrase and recovery code.

    Her mentor asks, a member of staff agrees; after the waiting time each of the two can make one half of a
    code, of which only hashes are kept. The halves together set a new passphrase.
    """

    __tablename__ = "vouching"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'waiting', 'used', 'cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    shown_name: Mapped[str] = mapped_column(String(32), info=S1)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    state: Mapped[str] = mapped_column(String(12), default="asked", info=S1)
    asked_at: Mapped[datetime] = mapped_column(index=True, info=S1)
    ready_at: Mapped[datetime | None] = mapped_column(info=S1)
    mentor_half: Mapped[bytes | None] = mapped_column(info=K)
    staff_half: Mapped[bytes | None] = mapped_column(info=K)
