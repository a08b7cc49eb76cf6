"""text sealed to persons.

A random data key for everybody, wrapped by the newest server key; the talk and notes of pairs and finished
certificates are sealed to the people themselves. What stands there is sealed anew here, where the server can
still read it: afterwards there is one form only, no old key is needed to read it, and a server key can be
retired. The forms are written out below, since a step must do in ten years what it does today.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AT_ONCE = 200
EARLIER, BY_SERVER, TO_PERSON, TO_SEVERAL, WRAPPED = (
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04\x00\x01",
    b"\x05",
)
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
Place = tuple[str, str, str, str]
Row = Any

META = sa.MetaData()


def table(name: str, *columns: str) -> sa.Table:
    """As much of a table as this step touches."""
    return sa.Table(name, META, *(sa.Column(column) for column in columns))


PERSON = table("person", "id", "public_id", "public_key")
COHORT = table("cohort", "id", "public_id")
INVITE = table("invite", "id", "cohort_id", "digest", "sealed")
CONTACT = table("contact", "person_id", "address")
REQUEST = table("mentor_request", "id", "public_id", "person_id", "goal")
ENROLMENT = table("enrolment", "id", "person_id")
SUBMISSION = table("submission", "id", "public_id", "enrolment_id", "body", "feedback")
CERTIFICATE = table("certificate", "id", "public_id", "person_id", "name_sealed", "pdf_sealed")
MATCH = table("match", "id", "public_id", "mentor_id", "mentee_id", "state")
NOTE = table("note", "id", "public_id", "match_id", "author_id", "kind", "body")
MESSAGE = table("message", "id", "public_id", "match_id", "author_id", "body")
DATA_KEY = table("data_key", "owner", "kek", "wrapped")
MATCH_KEY = table("match_key", "match_id", "number", "person_id", "wrapped")


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("kek", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_data_key")),
    )
    op.create_table(
        "match_key",
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_match_key_match_id_match")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_match_key_person_id_person")
        ),
        sa.PrimaryKeyConstraint("match_id", "number", "person_id", name=op.f("pk_match_key")),
    )
    op.create_index(op.f("ix_match_key_person_id"), "match_key", ["person_id"])
    seal_anew(op.get_bind())


def downgrade() -> None:
    connection = op.get_bind()
    for column in (NOTE.c.body, MESSAGE.c.body, CERTIFICATE.c.pdf_sealed):
        if connection.scalar(sa.select(sa.func.count()).where(column.is_not(None))):
            raise RuntimeError(
                f"{column.table.name}: sealed to persons, the server cannot open it to go back; "
                "restore the copy from before the upgrade"
            )
    opened = {
        row.owner: decrypt(keks()[row.kek], WRAPPED, row.wrapped, key_place(row.owner))
        for row in connection.execute(sa.select(DATA_KEY))
    }
    for reseal in by_server(connection):
        reseal(lambda sealed, place: earlier_seal(open_by_server(opened, sealed, place), place))
    op.drop_index(op.f("ix_match_key_person_id"), table_name="match_key")
    op.drop_table("match_key")
    op.drop_table("data_key")


# --- Rows ----------------------------------------------------------------------------------------


def seal_anew(connection: sa.Connection) -> None:
    """Seal every sealed field in today's forms."""
    data_keys = make_data_keys(connection)
    for reseal in by_server(connection):
        reseal(
            lambda sealed, place: encrypt(
                data_keys[place[3]], BY_SERVER, opened(sealed, place), place
            )
        )
    people = connection.execute(sa.select(PERSON.c.public_id, PERSON.c.public_key))
    publics = {row.public_id: row.public_key for row in people}
    shared = make_match_keys(connection)
    to_people(connection, publics, shared)


def make_data_keys(connection: sa.Connection) -> dict[str, bytes]:
    """A data key for every person, and for every cohort that has invitations."""
    owners = list(connection.scalars(sa.select(PERSON.c.public_id)))
    invited = sa.select(COHORT.c.public_id).where(COHORT.c.id.in_(sa.select(INVITE.c.cohort_id)))
    owners += connection.scalars(invited)
    made = {owner: os.urandom(32) for owner in owners}
    newest = max(keks())
    rows = [
        {
            "owner": owner,
            "kek": newest,
            "wrapped": encrypt(keks()[newest], WRAPPED, key, key_place(owner)),
        }
        for owner, key in made.items()
    ]
    for at in range(0, len(rows), AT_ONCE):
        connection.execute(DATA_KEY.insert(), rows[at : at + AT_ONCE])
    return made


Reseal = Callable[[Callable[[bytes, Place], bytes]], None]


def by_server(connection: sa.Connection) -> Iterator[Reseal]:
    """Each column that is sealed with the owner's data key."""

    def column(
        changed: sa.Column[Any], joined: sa.FromClause, owner: sa.Column[Any], row: sa.Column[Any]
    ) -> Reseal:
        rows = sa.select(key_of(changed), changed, owner.label("owner"), row.label("place"))
        found = rows.select_from(joined).where(changed.is_not(None))

        def reseal(anew: Callable[[bytes, Place], bytes]) -> None:
            def change(one: Row) -> bytes:
                name = one.place.hex() if isinstance(one.place, bytes) else one.place
                return anew(one[1], (changed.table.name, changed.name, name, one.owner))

            each(connection, changed, found, change)

        return reseal

    hers = PERSON.c.public_id
    contacts = CONTACT.join(PERSON, PERSON.c.id == CONTACT.c.person_id)
    yield column(CONTACT.c.address, contacts, hers, hers)
    requests = REQUEST.join(PERSON, PERSON.c.id == REQUEST.c.person_id)
    yield column(REQUEST.c.goal, requests, hers, REQUEST.c.public_id)
    tasks = SUBMISSION.join(ENROLMENT, ENROLMENT.c.id == SUBMISSION.c.enrolment_id).join(
        PERSON, PERSON.c.id == ENROLMENT.c.person_id
    )
    for written in (SUBMISSION.c.body, SUBMISSION.c.feedback):
        yield column(written, tasks, hers, SUBMISSION.c.public_id)
    names = CERTIFICATE.join(PERSON, PERSON.c.id == CERTIFICATE.c.person_id)
    yield column(CERTIFICATE.c.name_sealed, names, hers, CERTIFICATE.c.public_id)
    invites = INVITE.join(COHORT, COHORT.c.id == INVITE.c.cohort_id)
    yield column(INVITE.c.sealed, invites, COHORT.c.public_id, INVITE.c.digest)


def make_match_keys(connection: sa.Connection) -> dict[int, bytes]:
    """A shared key for every pair that lives or has something written, sealed to both sides."""
    written = MATCH.c.id.in_(sa.select(NOTE.c.match_id).union(sa.select(MESSAGE.c.match_id)))
    mentor, mentee = PERSON.alias("mentor"), PERSON.alias("mentee")
    found = (
        sa.select(MATCH.c.id, MATCH.c.public_id, mentor, mentee)
        .join(mentor, mentor.c.id == MATCH.c.mentor_id)
        .join(mentee, mentee.c.id == MATCH.c.mentee_id)
        .where((MATCH.c.state == "active") | written)
    )
    made = {}
    for match_id, public_id, *sides in connection.execute(found).all():
        made[match_id] = os.urandom(32)
        for person_id, owner, public_key in (sides[:3], sides[3:]):
            place = ("match_key", "wrapped", f"{public_id}.1", owner)
            row = {"match_id": match_id, "number": 1, "person_id": person_id}
            row["wrapped"] = to_person(public_key, made[match_id], place)
            connection.execute(MATCH_KEY.insert(), row)
    return made


def to_people(
    connection: sa.Connection, publics: dict[str, bytes], shared: dict[int, bytes]
) -> None:
    """Seal talk and shared notes with the pair's key; own notes and certificates to one person."""

    def place(column: sa.Column[Any], row: Row) -> Place:
        return (column.table.name, column.name, row.public_id, row.owner)

    def message(row: Row) -> bytes:
        here = place(MESSAGE.c.body, row)
        return encrypt(shared[row.match_id], TO_SEVERAL, opened(row[1], here), here)

    def note(row: Row) -> bytes:
        here = place(NOTE.c.body, row)
        text = opened(row[1], here)
        if row.kind == "mine":
            return to_person(publics[row.owner], text, here)
        return encrypt(shared[row.match_id], TO_SEVERAL, text, here)

    def certificate(row: Row) -> bytes:
        here = place(CERTIFICATE.c.pdf_sealed, row)
        return to_person(publics[row.owner], opened(row[1], here), here)

    owner = PERSON.c.public_id.label("owner")
    said = sa.select(MESSAGE.c.id, MESSAGE.c.body, MESSAGE.c.public_id, MESSAGE.c.match_id, owner)
    each(connection, MESSAGE.c.body, said.join(PERSON, PERSON.c.id == MESSAGE.c.author_id), message)
    noted = sa.select(
        NOTE.c.id, NOTE.c.body, NOTE.c.public_id, NOTE.c.match_id, NOTE.c.kind, owner
    ).join(PERSON, PERSON.c.id == NOTE.c.author_id)
    each(connection, NOTE.c.body, noted, note)
    printed = (
        sa.select(CERTIFICATE.c.id, CERTIFICATE.c.pdf_sealed, CERTIFICATE.c.public_id, owner)
        .join(PERSON, PERSON.c.id == CERTIFICATE.c.person_id)
        .where(CERTIFICATE.c.pdf_sealed.is_not(None))
    )
    each(connection, CERTIFICATE.c.pdf_sealed, printed, certificate)


def key_of(column: sa.Column[Any]) -> sa.Column[Any]:
    """The first column of its table, which is its key."""
    return next(iter(column.table.c))


def each(
    connection: sa.Connection,
    column: sa.Column[Any],
    rows: sa.Select[Any],
    change: Callable[[Row], bytes],
) -> None:
    """Change a column row by row, a few in memory at a time. What does not open now is left: it never did."""
    key = key_of(column)
    update = sa.update(column.table).where(key == sa.bindparam("the_key"))
    update = update.values({column.name: sa.bindparam("the_value", type_=sa.LargeBinary())})
    last = 0
    while found := connection.execute(rows.where(key > last).order_by(key).limit(AT_ONCE)).all():
        changed = []
        for row in found:
            try:
                changed.append({"the_key": row[0], "the_value": change(row)})
            except InvalidTag:
                continue
        if changed:
            connection.execute(update, changed)
        last = found[-1][0]


# --- Forms ---------------------------------------------------------------------------------------


def keks() -> dict[int, bytes]:
    found: dict[int, bytes] = current_app.extensions["keys"].keks
    return found


def key_place(owner: str) -> Place:
    return ("data_key", "wrapped", owner, owner)


def bound(place: Place) -> bytes:
    return "\0".join(place).encode()


def opened(sealed: bytes, place: Place) -> bytes:
    """Open the first form: a key derived from the server key and the owner."""
    head, nonce, body = sealed[:3], sealed[3:15], sealed[15:]
    kek = keks().get(int.from_bytes(head[1:], "big"))
    if head[:1] != EARLIER or kek is None or len(body) < 16:
        raise InvalidTag
    return AESGCM(derived(kek, place)).decrypt(nonce, body, head + bound(place))


def earlier_seal(plain: bytes, place: Place) -> bytes:
    number, nonce = max(keks()), os.urandom(12)
    head = EARLIER + number.to_bytes(2, "big")
    return (
        head
        + nonce
        + AESGCM(derived(keks()[number], place)).encrypt(nonce, plain, head + bound(place))
    )


def derived(kek: bytes, place: Place) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"field\0" + place[3].encode()).derive(kek)


def open_by_server(data_keys: dict[str, bytes], sealed: bytes, place: Place) -> bytes:
    if place[3] not in data_keys:
        raise InvalidTag
    return decrypt(data_keys[place[3]], BY_SERVER, sealed, place)


def encrypt(key: bytes, form: bytes, plain: bytes, place: Place) -> bytes:
    nonce = os.urandom(12)
    return form + nonce + AESGCM(key).encrypt(nonce, plain, form + bound(place))


def decrypt(key: bytes, form: bytes, sealed: bytes, place: Place) -> bytes:
    at = len(form) + 12
    if not sealed.startswith(form) or len(sealed) < at + 16:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[len(form) : at], sealed[at:], form + bound(place))


def to_person(public_key: bytes, plain: bytes, place: Place) -> bytes:
    key = X25519PublicKey.from_public_bytes(public_key)
    return TO_PERSON + SUITE.encrypt(plain, key, info=TO_PERSON + bound(place))
