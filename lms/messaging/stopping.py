"""The address in every mail that ends mails: for whoever holds the mail, without signing in (RFC 8058).

It is a keyed digest, so it names nobody: neither the mailbox's provider nor a stolen copy of the rows can tell
from it whose it is. We find the person by trying everybody who left an address.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hmac import compare_digest

from flask import current_app
from sqlalchemy import select

from lms.accounts.models import Person
from lms.core.db import db, insert_into
from lms.messaging.models import Contact, NoticeChoice


def token(public_id: str) -> str:
    """The secret part of a person's address: 128 bits. It stays the same, so old mails can be used, too."""
    digest: bytes = current_app.extensions["keys"].digest("mail-stop", public_id)
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def whose(typed: str) -> int | None:
    """Return who gets mails with this address in them."""
    with_mail = select(Person.id, Person.public_id).join(Contact, Contact.person_id == Person.id)
    found = [
        row.id
        for row in db.session.execute(with_mail)
        if compare_digest(token(row.public_id).encode(), typed.encode())
    ]
    return found[0] if found else None


def stop(person_id: int) -> None:
    """No mail any more, until the person switches it on again. The address stays, sealed."""
    said = insert_into(NoticeChoice).values(person_id=person_id, mail=False)
    changed = said.on_conflict_do_update(
        index_elements=[NoticeChoice.person_id], set_={"mail": False}
    )
    db.session.execute(changed)
