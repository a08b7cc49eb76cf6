"""Every setting of an instance: one frozen object, read once from `ALONGSIDE_*` variables.

An unknown variable stops the start: a mistyped `ALONGSIDE_SIGNUP_` would otherwise leave a door open in silence.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "ALONGSIDE_"


class SettingsError(Exception):
    """A setting is unknown or has a value that cannot be used. The message names it and says what to write."""


def _doc(default: object, text: str) -> Any:
    """A field with its meaning beside it; Any, since a dataclass field stands for its own default."""
    return field(default=default, metadata={"doc": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """The documented table of settings; `flask settings` prints it."""

    mode: str = _doc("production", "production, demo or test; demo and test may run without TLS")
    data: Path = _doc(Path("instance"), "folder of the database and the queue")
    keys: Path = _doc(
        Path("instance/keys"), "folder of the key files; on a real host outside `data`"
    )
    database_url: str = _doc("", "empty: SQLite in `data`; or postgresql://user@host/name")
    redis_url: str = _doc("", "empty: queue in a SQLite file; or redis://host/0")
    public_url: str = _doc(
        "http://127.0.0.1:5000", "address that people type; decides cookie safety"
    )
    hosts: str = _doc("", "other host names that are answered (mirrors, onion), spaces between")
    onion_url: str = _doc("", "address of the onion service, told to Tor Browser; http://….onion")
    policy: str = _doc("open", "open or careful: what the next four are where they are empty")
    neutral_titles: str = _doc(
        "",
        "on: courses go by their neutral title everywhere but on their own pages; on when careful",
    )
    hide_logos: str = _doc(
        "", "on: no mark beside the name, no organisation on new certificates; on when careful"
    )
    staff_check: str = _doc("", "on: two of the staff must agree to a new role; on when careful")
    public_pages: str = _doc("", "off: courses and lessons only after signing in; off when careful")
    public_check: str = _doc("on", "off: checking a certificate only after signing in")
    product_en: str = _doc("Alongside", "product name in English; it never says what the field is")
    product_ru: str = _doc("Рядом", "product name in Russian")
    leave_url: str = _doc("", "where Leave goes; empty: a neutral page of our own")
    signup: str = _doc("open", "open, or code (only with an invitation)")
    time_zone: str = _doc(
        "Europe/Vilnius", "IANA zone used until a person or cohort says otherwise"
    )
    issuer_en: str = _doc(
        "Eurasian Harm Reduction Association", "issuer printed on certificates, English"
    )
    issuer_ru: str = _doc(
        "Евразийская ассоциация снижения вреда", "issuer printed on certificates, Russian"
    )
    signatory_en: str = _doc("", "name and role under the signature line, as 'Name; role', English")
    signatory_ru: str = _doc("", "the same in Russian")
    argon2_memory_kib: int = _doc(46 * 1024, "memory of one passphrase check, in KiB")
    argon2_passes: int = _doc(1, "passes of one passphrase check")
    idle_minutes: int = _doc(30, "minutes without a page before a shared phone is signed out")
    session_hours: int = _doc(12, "longest sign-in on a shared phone, in hours")
    own_phone_days: int = _doc(14, "longest sign-in after 'This phone is mine', in days")
    contact: str = _doc("", "how people reach the operator, shown on About; plain text")
    help_now_en: str = _doc(
        "", "what to do and whom to call when somebody is in danger, plain text, English"
    )
    help_now_ru: str = _doc("", "the same in Russian")
    source_url: str = _doc("", "where the source code of this instance can be read (AGPL)")
    mail_url: str = _doc(
        "", "empty: no mail; or smtp://user:password@host:587 (STARTTLS), smtps://…:465"
    )
    mail_from: str = _doc("", "neutral sender address of mails")
    backups: Path = _doc(
        Path("backups"), "folder of the backups; `flask doctor` looks at the newest"
    )
    backup_recipients: str = _doc(
        "",
        "public keys of age that backups are sealed for, with spaces between; `flask backup key`",
    )
    file_mib: int = _doc(5, "largest file that people can send, in MiB")
    files_each_time: int = _doc(3, "how many files can hang on one round of a task")
    file_megapixels: int = _doc(40, "largest picture, in millions of points; 40 is also the most")
    log_level: str = _doc("info", "debug, info, warning or error")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read settings from the environment.

        Raises SettingsError for an unknown `ALONGSIDE_*` name or a value that does not fit.
        """
        env = os.environ if environ is None else environ
        given = {k.removeprefix(PREFIX).lower(): v for k, v in env.items() if k.startswith(PREFIX)}
        known = {f.name: f for f in fields(cls)}
        for name in given:
            if name not in known:
                raise SettingsError(
                    f"{PREFIX}{name.upper()} is not a setting; `flask settings` lists them"
                )
        values = {name: _convert(name, text, known[name].default) for name, text in given.items()}
        return cls(**values)  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        if self.mode not in {"production", "demo", "test"}:
            raise SettingsError(f"{PREFIX}MODE is {self.mode!r}; write production, demo or test")
        if self.signup not in {"open", "code"}:
            raise SettingsError(f"{PREFIX}SIGNUP is {self.signup!r}; write open or code")
        if self.policy not in {"open", "careful"}:
            raise SettingsError(f"{PREFIX}POLICY is {self.policy!r}; write open or careful")
        for name in ("neutral_titles", "hide_logos", "staff_check", "public_pages", "public_check"):
            if (value := getattr(self, name)) not in {"", "on", "off"}:
                raise SettingsError(f"{PREFIX}{name.upper()} is {value!r}; write on or off")
        if self.mode == "production" and not self.https:
            raise SettingsError(f"{PREFIX}PUBLIC_URL must begin with https:// in production")

    @property
    def https(self) -> bool:
        """Whether people reach the instance over TLS."""
        return self.public_url.startswith("https://")

    @property
    def host(self) -> str:
        """The host name that people type, without a port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def trusted_hosts(self) -> list[str]:
        """Every name that is answered. The machine itself may ask, too: `localhost` leads nowhere else."""
        onion = urlsplit(self.onion_url).hostname
        return ["localhost", "127.0.0.1", self.host, *filter(None, [onion]), *self.hosts.split()]

    @property
    def titles_are_neutral(self) -> bool:
        """Whether courses go by their neutral title in lists, navigation and on certificates by default."""
        return self._is_on(self.neutral_titles, when_careful=True)

    @property
    def logos_are_hidden(self) -> bool:
        """Whether marks and the organisation's name are left out."""
        return self._is_on(self.hide_logos, when_careful=True)

    @property
    def staff_is_checked(self) -> bool:
        """Whether two of the staff must agree before somebody gets a role."""
        return self._is_on(self.staff_check, when_careful=True)

    @property
    def pages_are_public(self) -> bool:
        """Whether guests may read courses and lessons."""
        return self._is_on(self.public_pages, when_careful=False)

    def _is_on(self, written: str, *, when_careful: bool) -> bool:
        if written:
            return written == "on"
        return when_careful == (self.policy == "careful")

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'alongside.db').resolve()}"

    def product(self, lang: str) -> str:
        """The name of the product in a language."""
        return self.product_ru if lang == "ru" else self.product_en

    def issuer(self, lang: str) -> str:
        """The issuer printed on a certificate; the product where organisations are not named."""
        if self.logos_are_hidden:
            return self.product(lang)
        return self.issuer_ru if lang == "ru" else self.issuer_en

    def help_now(self, lang: str) -> str:
        """What to do when somebody is in danger, in the operator's words; the other language's where one lacks."""
        both = (self.help_now_en, self.help_now_ru)
        mine, other = both[::-1] if lang == "ru" else both
        return mine or other

    def signatory(self, lang: str) -> tuple[str, str]:
        """Name and role of who signs certificates; ('', '') where the operator set none."""
        name, _, role = (self.signatory_ru if lang == "ru" else self.signatory_en).partition(";")
        return name.strip(), role.strip()


def _convert(name: str, text: str, default: object) -> object:
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise SettingsError(
                f"{PREFIX}{name.upper()} is {text!r}; write a whole number"
            ) from None
    return text


def table() -> list[tuple[str, str, str]]:
    """Return (variable, default, meaning) of every setting, for `flask settings` and the operators' page."""
    return [
        (PREFIX + f.name.upper(), str(f.default), str(f.metadata["doc"])) for f in fields(Settings)
    ]
