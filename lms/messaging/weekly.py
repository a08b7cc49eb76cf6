"""One mail on Monday morning, for whoever chose it, when something waits."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select, update

from lms.accounts.models import Person
from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db
from lms.core.settings import Settings
from lms.messaging import mail, queries
from lms.messaging.kinds import Subject
from lms.messaging.models import Contact, NoticeChoice
from lms.messaging.rules import BETWEEN_MAILS, monday, server

PLAN, SEND = "messaging.weekly", "messaging.summary"
_CHOSEN = (NoticeChoice.person_id == Contact.person_id) & NoticeChoice.mail & NoticeChoice.weekly


def plan(_payload: dict[str, Any], _result: Any) -> None:
    """Write one job for each person whose Monday morning is near. The key makes a second one the same row."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.mail_url:
        return
    chosen = select(Contact.person_id, Person.zone).join(Person, Person.id == Contact.person_id)
    for person_id, zone in db.session.execute(chosen.join(NoticeChoice, _CHOSEN)).all():
        if at := monday(now(), zone):
            day = f"{at:%Y-%m-%d}"
            key = f"{SEND}:{person_id}:{day}"
            outbox.enqueue(SEND, {"person": person_id, "day": day}, key=key, at=at)


def send(payload: dict[str, Any]) -> bool:
    """Hand the mail over if it is still wanted and something still waits. Return whether one left."""
    settings: Settings = current_app.extensions["settings"]
    person_id = payload["person"]
    said = select(Contact.lang, Contact.mailed_at).join(NoticeChoice, _CHOSEN)
    contact = db.session.execute(said.where(Contact.person_id == person_id)).first()
    lately = contact is not None and contact.mailed_at and contact.mailed_at > now() - BETWEEN_MAILS
    if not settings.mail_url or contact is None or lately or not queries.unread_count(person_id):
        return False
    to = queries.mailbox(person_id)
    if to is None:
        return False
    number = f"weekly:{person_id}:{payload['day']}"
    found = mail.compose(to.address, contact.lang, Subject.SUMMARY, number, to.owner)
    mail.deliver(server(settings.mail_url), found)
    return True


def sent(payload: dict[str, Any], left: Any) -> None:
    """What waits is told: a mail that was still due would say the same once more."""
    if left:
        values = {"cycle": Contact.cycle + 1, "mailed_at": now()}
        mine = Contact.person_id == payload["person"]
        db.session.execute(update(Contact).where(mine).values(**values))
