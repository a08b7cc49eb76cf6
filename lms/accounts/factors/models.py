"""Tables of second factors."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, K, Model


class CodeApp(Model):
    """An app that shows six digits. Its secret is sealed; `last_step` is the last half minute that was used."""

    __tablename__ = "code_app"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    secret: Mapped[bytes] = mapped_column(info=K)
    last_step: Mapped[int] = mapped_column(default=0, info=S1)
    added_on: Mapped[date] = mapped_column(Date, info=S1)


class Passkey(Model):
    """A key that stays in a phone, a computer or a stick; the person names it."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    credential_id: Mapped[bytes] = mapped_column(unique=True, info=K)
    public_key: Mapped[bytes] = mapped_column(info=K)
    counter: Mapped[int] = mapped_column(BigInteger, default=0, info=S1)
    name: Mapped[str] = mapped_column(String(40), default="", info=S1)
    added_on: Mapped[date] = mapped_column(Date, info=S1)


class BackupCode(Model):
    """A code on paper that has not been used yet."""

    __tablename__ = "backup_code"

    digest: Mapped[bytes] = mapped_column(primary_key=True, info=K)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)


class Challenge(Model):
    """A random question that a passkey has answered: it is not taken a second time."""

    __tablename__ = "challenge"

    digest: Mapped[bytes] = mapped_column(primary_key=True, info=K)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=S1)
