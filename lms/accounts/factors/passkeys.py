"""Passkeys (WebAuthn): a second factor after the passphrase, never instead of it.

The challenge travels sealed in the page, so that showing a page writes nothing; an answered one is written
down and is not taken twice. Keys are asked to leave no trace in the phone's own list of accounts.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import webauthn
from flask import current_app
from sqlalchemy import select, update
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms.accounts.actions import MustWait, NotRecognised
from lms.accounts.factors import actions, queries
from lms.accounts.factors.models import Challenge, Passkey
from lms.accounts.models import Person
from lms.core import ids, throttle
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.i18n import language
from lms.core.sealing import CannotOpen, Place, seal, unseal
from lms.core.settings import Settings

OPEN_FOR = timedelta(minutes=10)
MOST = 10


def to_add(person: Person) -> tuple[str, str]:
    """(Options for the browser, sealed challenge) to make a new passkey."""
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=_settings().product(language()),
        user_name=person.handle,
        user_id=person.public_id.encode(),
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        ),
        exclude_credentials=_known(person.id),
    )
    return webauthn.options_to_json(options), _sealed(challenge, person)


def to_ask(person: Person) -> tuple[str, str]:
    """(Options for the browser, sealed challenge) to show one of her passkeys; empty texts if she has none."""
    known = _known(person.id)
    if not known:
        return "", ""
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=challenge,
        allow_credentials=known,
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    return webauthn.options_to_json(options), _sealed(challenge, person)


def add(person: Person, sealed: str, answer: str, name: str) -> list[str]:
    """Make a passkey her second factor. Return new back-up codes, if it is the first factor.

    Raises NotRecognised.
    """
    challenge = _use(sealed, person)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise NotRecognised from None
    taken = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    if len(_known(person.id)) >= MOST or db.session.scalar(taken) is not None:
        raise NotRecognised
    first = not queries.has_factor(person.id)
    row = Passkey(
        public_id=ids.public_id(),
        person_id=person.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        counter=made.sign_count,
        name=name,
        added_on=now().date(),
    )
    db.session.add(row)
    return actions.added(person, first=first)


def check(person: Person, sealed: str, answer: str) -> None:
    """Take a passkey's answer. Raises MustWait, or NotRecognised after counting the failure."""
    if until := throttle.wait_until(actions.SECOND, person.public_id):
        raise MustWait(until)
    try:
        _check(person, _use(sealed, person), answer)
    except NotRecognised:
        throttle.count(actions.SECOND, person.public_id)
        raise
    throttle.clear(actions.SECOND, person.public_id)


def _check(person: Person, challenge: bytes, answer: str) -> None:
    key = _key(person.id, answer)
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.counter,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        # Among them a counter that went back: there is a copy of this key somewhere.
        raise NotRecognised from None
    counted = update(Passkey).where(Passkey.id == key.id).values(counter=shown.new_sign_count)
    db.session.execute(counted)


def _key(person_id: int, answer: str) -> Passkey:
    try:
        shown = str(json.loads(answer)["rawId"]).rstrip("=")
    except (ValueError, TypeError, KeyError):
        raise NotRecognised from None
    for key in queries.keys_of(person_id):
        if bytes_to_base64url(key.credential_id) == shown:
            return key
    raise NotRecognised


def _known(person_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=key.credential_id) for key in queries.keys_of(person_id)
    ]


def _sealed(challenge: bytes, person: Person) -> str:
    until = int((now() + OPEN_FOR).timestamp())
    return seal(json.dumps([challenge.hex(), until]), _place(person)).hex()


def _use(sealed: str, person: Person) -> bytes:
    try:
        challenge, until = json.loads(unseal(bytes.fromhex(sealed), _place(person)))
    except (CannotOpen, ValueError):
        raise NotRecognised from None
    digest = hashlib.sha256(bytes.fromhex(challenge)).digest()
    row = insert_into(Challenge).values(digest=digest, expires_at=now() + OPEN_FOR)
    fresh = db.session.execute(row.on_conflict_do_nothing().returning(Challenge.digest)).first()
    if fresh is None or until < now().timestamp():
        raise NotRecognised
    return bytes.fromhex(challenge)


def _place(person: Person) -> Place:
    return Place("page", "challenge", "passkey", person.public_id)


def _origin() -> str:
    address = urlsplit(_settings().public_url)
    return f"{address.scheme}://{address.netloc}"


def _host() -> str:
    return urlsplit(_settings().public_url).hostname or ""


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
