"""What changes about notices and mail addresses."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import current_app
from sqlalchemy import bindparam, delete, func, select, update

from lms.accounts.models import Person
from lms.core import ids, outbox
from lms.core.clock import now
from lms.core.db import db, fetch, insert_into
from lms.core.i18n import language
from lms.core.sealing import Place, seal
from lms.core.settings import Settings
from lms.messaging.kinds import LOOKS, REMINDERS, Kind
from lms.messaging.models import Contact, Notice, NoticeChoice
from lms.messaging.rules import REMINDERS_IN, Wishes, mail_at, may_remind

MAIL = "messaging.mail"
KEPT = timedelta(days=90)
_UNREAD = select(Notice.params).where(
    Notice.person_id == bindparam("person_id"),
    Notice.kind == bindparam("kind"),
    Notice.read_at.is_(None),
)
_ID = re.compile(r"[\w-]{1,40}", re.ASCII)


def notify(person_id: int, kind: Kind, **params: str) -> None:
    """Tell a person something, in the open transaction; a mail follows if she left an address.

    `params` are the public ids that the page of this kind has in its address, and nothing else. As long as
    the same notice is unread, a second one is not written; reminders come three in 14 days at most, and only
    to whom they are welcome.
    """
    if bad := [name for name, value in params.items() if not _ID.fullmatch(value)]:
        raise ValueError(f"no id: {', '.join(bad)}")
    if kind in REMINDERS and not _may_remind(person_id):
        return
    unread = fetch(_UNREAD, person_id=person_id, kind=kind.value).scalars()
    if any(found == params for found in unread):
        return
    row = Notice(
        public_id=ids.public_id(),
        person_id=person_id,
        kind=kind.value,
        params=params,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _mail_later(person_id, kind)


def _may_remind(person_id: int) -> bool:
    lately = (Notice.person_id == person_id) & (Notice.created_at > now() - REMINDERS_IN)
    sent = select(func.count()).select_from(Notice).where(lately, Notice.kind.in_(REMINDERS))
    return wishes(person_id).reminders_here and may_remind(db.session.scalar(sent) or 0)


def wishes(person_id: int) -> Wishes:
    """What a person wants to hear of."""
    said = select(*(getattr(NoticeChoice, name) for name in Wishes.__slots__))
    row = db.session.execute(said.where(NoticeChoice.person_id == person_id)).first()
    return Wishes(*row) if row else Wishes()


def choose(person_id: int, wanted: Wishes) -> None:
    """A person says what she wants to hear of, and where; it holds from the next notice on."""
    values = {name: getattr(wanted, name) for name in Wishes.__slots__}
    said = insert_into(NoticeChoice).values(person_id=person_id, **values)
    db.session.execute(
        said.on_conflict_do_update(index_elements=[NoticeChoice.person_id], set_=values)
    )


def _mail_later(person_id: int, kind: Kind) -> None:
    settings: Settings = current_app.extensions["settings"]
    if not settings.mail_url:
        return
    left = select(Contact.cycle, Contact.mailed_at, Person.zone).join(
        Person, Person.id == Contact.person_id
    )
    contact = db.session.execute(left.where(Contact.person_id == person_id)).first()
    if contact is None or not _by_mail(wishes(person_id), kind):
        return
    at = mail_at(now(), contact.mailed_at, contact.zone)
    payload = {"person": person_id, "cycle": contact.cycle, "subject": LOOKS[kind].subject.value}
    key = f"{MAIL}:{person_id}:{contact.cycle}"
    outbox.enqueue(MAIL, payload, key=key, at=at if at > now() else None)


def _by_mail(wanted: Wishes, kind: Kind) -> bool:
    return wanted.mail and (wanted.reminders_by_mail or kind not in REMINDERS)


def mark_read(notice_id: int) -> None:
    """The person has opened this notice."""
    unread = (Notice.id == notice_id) & Notice.read_at.is_(None)
    db.session.execute(update(Notice).where(unread).values(read_at=now()))


def mark_all_read(person_id: int) -> None:
    """The person has seen them all."""
    unread = (Notice.person_id == person_id) & Notice.read_at.is_(None)
    db.session.execute(update(Notice).where(unread).values(read_at=now()))


def seen(person_id: int, *kinds: Kind, **params: str) -> None:
    """The person has opened, by another way, the page that notices of these kinds lead to, or it is gone."""
    same = (Notice.person_id == person_id) & Notice.kind.in_(kinds) & Notice.read_at.is_(None)
    for number, found in db.session.execute(select(Notice.id, Notice.params).where(same)).all():
        if found == params:
            mark_read(number)


def address_place(public_id: str) -> Place:
    """Where a person's address is sealed."""
    return Place("contact", "address", public_id, public_id)


def set_address(person_id: int, address: str) -> None:
    """Keep the address that mails go to, in the language of the page on which it was typed."""
    owner = db.session.get_one(Person, person_id).public_id
    sealed, contact = seal(address, address_place(owner)), db.session.get(Contact, person_id)
    if contact is None:
        # Counted on from any address that was there before: a mail that waits for it goes nowhere.
        contact = Contact(person_id=person_id, cycle=int(now().timestamp()))
        db.session.add(contact)
    contact.address, contact.lang, contact.cycle = sealed, language(), contact.cycle + 1


def remove_address(person_id: int) -> None:
    """Forget the address. Mails that wait are not sent any more."""
    db.session.execute(delete(Contact).where(Contact.person_id == person_id))


def forget_old() -> None:
    """Drop notices that are older than 90 days."""
    db.session.execute(delete(Notice).where(Notice.created_at < now() - KEPT))
