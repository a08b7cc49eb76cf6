"""A stream that is packed and sealed on its way to the disk: nothing readable is ever written there.

The form is that of `age` around gzip, so that `age --decrypt | zcat` shows a copy without this program.
"""

from __future__ import annotations

import gzip
import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyrage
from pyrage import x25519

from lms.backup.rows import Damaged

# Sealed fields hardly get smaller; more effort costs time and wins a few percent.
LEVEL = 4
_ASIDE = 256 * 1024


class NoRecipient(Exception):
    """Nobody could open the copy, or a key is not one. The message says what to do."""


def make_identity() -> tuple[str, str]:
    """A new key pair: what opens copies, to be kept elsewhere, and what seals them, for the settings."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipients(written: str) -> list[x25519.Recipient]:
    """The public keys of the setting. Raises NoRecipient when there is none, or one cannot be read."""
    try:
        found = [x25519.Recipient.from_str(one) for one in written.split()]
    except pyrage.RecipientError:
        raise NoRecipient(
            "ALONGSIDE_BACKUP_RECIPIENTS has a word that is no public key of age; they begin with age1"
        ) from None
    if not found:
        raise NoRecipient(
            "a copy needs a key that it is sealed for: run `flask backup key`, keep the secret part "
            "off this machine and set ALONGSIDE_BACKUP_RECIPIENTS to the public part"
        )
    return found


def read_identity(path: Path) -> x25519.Identity:
    """The secret key in a file as `flask backup key` and `age-keygen` write it. Raises NoRecipient."""
    try:
        lines = path.read_text("utf-8").split()
        (line,) = (word for word in lines if word.startswith("AGE-SECRET-KEY-"))
        return x25519.Identity.from_str(line)
    except (OSError, ValueError, pyrage.IdentityError):
        raise NoRecipient(f"{path} holds no secret key of age") from None


def write(file: BinaryIO, lines: Iterable[bytes], to: list[x25519.Recipient]) -> None:
    """Pack and seal the lines into an open file."""
    with (
        _beside(lambda source: pyrage.encrypt_io(source, file, to), "wb") as pipe,
        gzip.GzipFile(fileobj=pipe, mode="wb", compresslevel=LEVEL, mtime=0) as packed,
    ):
        for block in _blocks(lines):
            packed.write(block)


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    block: list[bytes] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _ASIDE:
            yield b"".join(block)
            block, size = [], 0
    yield b"".join(block)


def read(path: Path, identity: x25519.Identity) -> Iterator[bytes]:
    """The lines of a sealed copy. Raises Damaged; at the latest when the last line was read."""
    try:
        with (
            path.open("rb") as file,
            _beside(lambda target: pyrage.decrypt_io(file, target, [identity]), "rb") as pipe,
            gzip.GzipFile(fileobj=pipe, mode="rb") as packed,
        ):
            yield from packed
    except (pyrage.DecryptError, OSError, EOFError, zlib.error) as error:
        raise Damaged(f"{path.name} cannot be opened: {error}") from error


@contextmanager
def _beside(run: Callable[[IO[Any]], None], mode: str) -> Iterator[IO[Any]]:
    """A pipe whose other end a thread works on. What fails there is raised here."""
    reading, writing = os.pipe()
    mine, its = (writing, reading) if mode == "wb" else (reading, writing)
    failed: list[Exception] = []

    def work() -> None:
        try:
            with os.fdopen(its, "rb" if mode == "wb" else "wb") as end:
                run(end)
        except Exception as error:  # noqa: BLE001 - raised again by the one who waits
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    pipe = os.fdopen(mine, mode)
    try:
        yield pipe
        pipe.close()
    except (OSError, EOFError, zlib.error):
        # The pipe broke, or what came out of it did: the cause is at its other end, if anywhere.
        _end(pipe, thread)
        if failed:
            raise failed[0] from None
        raise
    finally:
        _end(pipe, thread)
    if failed:
        raise failed[0]


def _end(pipe: IO[Any], thread: threading.Thread) -> None:
    with suppress(OSError):
        pipe.close()
    thread.join()
