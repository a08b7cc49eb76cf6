"""What changes about second factors.

A code is used up by the statement that finds it, so of two requests with the same code one wins.
"""

from __future__ import annotations

import pyotp
from sqlalchemy import ColumnElement, delete, update

from lms.accounts import actions
from lms.accounts.actions import MustWait, NotRecognised
from lms.accounts.events import FactorChanged
from lms.accounts.factors import queries, rules
from lms.accounts.factors.models import BackupCode, Challenge, CodeApp, Passkey
from lms.accounts.models import Person
from lms.core import events, throttle
from lms.core.clock import now
from lms.core.db import db
from lms.core.sealing import Place, seal, unseal

SECOND = "second-step"


class LastFactor(Exception):
    """The person may not be without a second factor."""


def new_secret() -> str:
    """A secret for a code app: 160 random bits."""
    return pyotp.random_base32()


def check(person: Person, typed: str) -> None:
    """Take a code of the app, or a back-up code, and use it up.

    Raises MustWait, or NotRecognised after counting the failure.
    """
    if until := throttle.wait_until(SECOND, person.public_id):
        raise MustWait(until)
    digits = rules.digits(typed)
    of_app = len(digits) == rules.DIGITS and _use_digits(person, digits)
    if not of_app and not _use_backup_code(person, typed):
        throttle.count(SECOND, person.public_id)
        raise NotRecognised
    throttle.clear(SECOND, person.public_id)


def _use_digits(person: Person, digits: str) -> bool:
    app = db.session.get(CodeApp, person.id)
    if app is None:
        return False
    secret = unseal(app.secret, place(person.public_id))
    step = rules.fitting_step(secret, digits, now(), app.last_step)
    return step is not None and _use_step(person.id, step)


def _use_step(person_id: int, step: int) -> bool:
    later = (CodeApp.person_id == person_id) & (CodeApp.last_step < step)
    used = update(CodeApp).where(later).values(last_step=step).returning(CodeApp.person_id)
    # Not by way of the loaded row: what counts is what the table says at this moment.
    return db.session.execute(used.execution_options(synchronize_session=False)).first() is not None


def _use_backup_code(person: Person, typed: str) -> bool:
    code = rules.read_backup_code(typed)
    if code is None:
        return False
    mine = BackupCode.digest == rules.backup_hash(code, person.public_id)
    return (
        db.session.execute(delete(BackupCode).where(mine).returning(BackupCode.digest)).first()
        is not None
    )


def place(public_id: str) -> Place:
    """Where a person's secret is sealed."""
    return Place("code_app", "secret", public_id, public_id)


def next_code(person: Person) -> tuple[str, int] | None:
    """(Next code that her app will be good for, seconds until then); None without an app. For the demo."""
    app = db.session.get(CodeApp, person.id)
    if app is None:
        return None
    secret, here = unseal(app.secret, place(person.public_id)), rules.step_of(now())
    step = max(here, app.last_step + 1)
    # A code is taken half a minute early already.
    wait = (step - 1) * rules.STEP - now().timestamp()
    return rules.code_at(secret, step), max(0, round(wait + 0.5))


def add_app(person: Person, secret: str, typed: str) -> list[str]:
    """Make a code app her second factor, once it has shown a right code. Return new back-up codes, if first.

    Raises NotRecognised.
    """
    step = rules.fitting_step(secret, rules.digits(typed), now(), 0)
    if step is None:
        raise NotRecognised
    first = not queries.has_factor(person.id)
    remove(CodeApp, CodeApp.person_id == person.id)
    sealed = seal(secret, place(person.public_id))
    today = now().date()
    db.session.add(CodeApp(person_id=person.id, secret=sealed, last_step=step, added_on=today))
    return added(person, first=first)


def added(person: Person, *, first: bool) -> list[str]:
    """Tell that a factor was added; the first one brings back-up codes."""
    db.session.flush()
    events.publish(FactorChanged(person.id))
    return new_backup_codes(person) if first else []


def new_backup_codes(person: Person) -> list[str]:
    """Ten new codes in place of all older ones. They are shown now and never again."""
    remove(BackupCode, BackupCode.person_id == person.id)
    codes = [rules.new_backup_code() for _number in range(rules.CODES)]
    for code in codes:
        digest = rules.backup_hash(code, person.public_id)
        db.session.add(BackupCode(digest=digest, person_id=person.id))
    return codes


def remove_app(person_id: int) -> None:
    """Remove the code app. Raises LastFactor."""
    _keep_one(person_id)
    if remove(CodeApp, CodeApp.person_id == person_id):
        _removed(person_id)


def remove_key(person_id: int, public_id: str) -> None:
    """Remove a passkey of hers. Raises LastFactor."""
    _keep_one(person_id)
    if remove(Passkey, (Passkey.person_id == person_id) & (Passkey.public_id == public_id)):
        _removed(person_id)


def _keep_one(person_id: int) -> None:
    if not queries.of_person(person_id).may_lose_one:
        raise LastFactor


def _removed(person_id: int) -> None:
    if not queries.has_factor(person_id):
        remove(BackupCode, BackupCode.person_id == person_id)
    events.publish(FactorChanged(person_id))


def name_key(person_id: int, public_id: str, name: str) -> None:
    """Give a passkey of hers a name."""
    mine = (Passkey.person_id == person_id) & (Passkey.public_id == public_id)
    db.session.execute(update(Passkey).where(mine).values(name=name))


def reset(person_id: int) -> None:
    """Take all second factors away from somebody who lost hers, and end her sign-ins. She sets up a new one."""
    for table in (CodeApp, Passkey, BackupCode):
        remove(table, table.person_id == person_id)
    actions.end_all_sign_ins(person_id)
    events.publish(FactorChanged(person_id))


def remove(table: type, condition: ColumnElement[bool]) -> bool:
    """Delete the rows for which the condition holds. Return whether there were any."""
    gone = delete(table).where(condition).returning(condition)
    return db.session.execute(gone).first() is not None


def forget_old() -> None:
    """Drop used challenges that would be refused for their age, too."""
    remove(Challenge, Challenge.expires_at < now())
