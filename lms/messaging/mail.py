"""The one mail that we send: neutral subject, one line, one link. It knows nothing about anybody."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from contextlib import ExitStack
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from flask import current_app
from sqlalchemy import update

from lms.core.clock import now
from lms.core.db import db
from lms.core.i18n import force_locale
from lms.core.i18n import gettext as _
from lms.core.settings import Settings
from lms.messaging import queries, stopping
from lms.messaging.kinds import Subject
from lms.messaging.models import Contact
from lms.messaging.rules import Server, server

PATIENCE = 20
# A long address in a header has to stay on one line, or it is written as something that no reader takes for one.
ONE_LINE = SMTP.clone(max_line_length=998)


def subject(kind: Subject) -> str:
    """One of the fixed subjects, in the language that is in force."""
    return {
        Subject.MESSAGE: _("You have a new message"),
        Subject.TIME: _("A time to confirm"),
        Subject.WAITING: _("Something is waiting for you"),
        Subject.SUMMARY: _("Your weekly summary"),
        Subject.CONFIRM: _("Please confirm"),
        Subject.ACCOUNT: _("Your account"),
    }[kind]


def compose(to: str, lang: str, kind: Subject, number: str, owner: str = "") -> EmailMessage:
    """The mail. `number` makes its id, so that a mail that is sent twice is one mail for the reader.

    With the public id of its `owner` it carries the address that ends mails, which names nobody.
    """
    settings: Settings = current_app.extensions["settings"]
    sender = settings.mail_from or f"post@{_host(settings.public_url)}"
    site = settings.public_url.rstrip("/")
    mail = EmailMessage(policy=ONE_LINE)
    with force_locale(lang):
        mail["Subject"] = subject(kind)
        line = _("There is something new for you:")
    mail["From"], mail["To"] = sender, to
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{_digest(number)}@{_host(sender)}>"
    mail["Content-Language"] = lang
    mail["Auto-Submitted"] = "auto-generated"
    # RFC 8058 knows it over TLS only.
    if owner and settings.https:
        mail["List-Unsubscribe"] = f"<{site}/{lang}/mail/{stopping.token(owner)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(f"{line}\n\n{site}/{lang}/notices\n")
    return mail


def _host(address: str) -> str:
    mailbox = parseaddr(address)[1]
    return mailbox.partition("@")[2] or address.split("//")[-1].split("/")[0].split(":")[0]


def _digest(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:32]


def send(payload: dict[str, Any]) -> None:
    """Hand the mail of a job to the server, if it is still wanted. May run twice: the id stays the same."""
    settings: Settings = current_app.extensions["settings"]
    person_id, cycle = payload["person"], payload["cycle"]
    lang, to = queries.mail_due(person_id, cycle), queries.mailbox(person_id)
    if not settings.mail_url or lang is None or to is None:
        return
    about, number = Subject(payload["subject"]), f"{person_id}:{cycle}"
    mail = compose(to.address, lang, about, number, to.owner)
    deliver(server(settings.mail_url), mail)


def deliver(to: Server, mail: EmailMessage) -> None:
    """Give a mail to the server. Nothing is said to a server elsewhere before the line is encrypted."""
    context = ssl.create_default_context()
    with ExitStack() as stack:
        if to.tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                to.host, to.port, timeout=PATIENCE, context=context
            )
        else:
            smtp = smtplib.SMTP(to.host, to.port, timeout=PATIENCE)
        stack.enter_context(smtp)
        if not to.tls and not to.local:
            smtp.starttls(context=context)
        if to.user:
            smtp.login(to.user, to.password)
        smtp.send_message(mail)


def sent(payload: dict[str, Any], _result: Any) -> None:
    """The mail has left (or was not wanted any more): the next one is another one, an hour from now."""
    mine = (Contact.person_id == payload["person"]) & (Contact.cycle == payload["cycle"])
    values = {"cycle": Contact.cycle + 1, "mailed_at": now()}
    db.session.execute(update(Contact).where(mine).values(**values))
