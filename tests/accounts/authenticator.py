"""A passkey made of `cryptography`: what a phone's secure part does, in sixty lines."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, MADE = 0x01, 0x40


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def read(data: str) -> bytes:
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))


class Authenticator:
    """One key on one device. `origin` is what its browser believes to look at."""

    def __init__(self, origin: str = "http://localhost", host: str = "localhost") -> None:
        self.origin, self.host, self.counter = origin, host, 0
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)

    def create(self, options: str) -> str:
        """Answer to `navigator.credentials.create`."""
        client = self._client("webauthn.create", options)
        data = self._data(PRESENT | MADE) + bytes(16) + struct.pack(">H", len(self.id)) + self.id
        statement = b"\xa3" + _text("fmt") + _text("none") + _text("attStmt") + b"\xa0"
        statement += _text("authData") + _bytes(data + self._public())
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def get(self, options: str) -> str:
        """Answer to `navigator.credentials.get`."""
        self.counter += 1
        client, data = self._client("webauthn.get", options), self._data(PRESENT)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + struct.pack(">I", self.counter)

    def _public(self) -> bytes:
        # COSE: an EC2 key (1: 2) for ES256 (3: -7) on P-256 (-1: 1) with its two coordinates.
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return b"\xa5\x01\x02\x03\x26\x20\x01\x21" + _bytes(x) + b"\x22" + _bytes(y)

    def _answer(self, **response: bytes) -> str:
        parts = {name: text(value) for name, value in response.items()}
        name = text(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})


def _text(value: str) -> bytes:
    return bytes([0x60 + len(value)]) + value.encode()


def _bytes(value: bytes) -> bytes:
    return (
        b"\x58" + bytes([len(value)]) + value
        if len(value) < 256
        else b"\x59" + struct.pack(">H", len(value)) + value
    )
