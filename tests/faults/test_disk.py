"""The disk is full, or says that it could not sync: told with a page that keeps the text, nothing lost."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.core.db import db, reading
from lms.mentoring.models import Message
from tests.conftest import Tell
from tests.faults.instance import SOUND, Instance, Web, descendants
from tests.faults.journeys import Setting, prepare, word
from tests.faults.ledger import Answer, Phone, Unexpected
from tests.mentoring.world import hand_in, make_pair
from tests.world import PASSPHRASE, prove_sign_ins

pytestmark = pytest.mark.fault
REFUSED = {503, 507}
MANY = 20


class Disk:
    """A folder on a disk of a few megabytes that can be filled up; without root, a limit on a file's size."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
        self.real = (
            os.getuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
        )

    def fill(self, web: Web) -> None:
        """Leave nothing."""
        if not self.real:
            self._limit(web, max(one.stat().st_size for one in self.folder.glob("*.db*")))
            return
        with self.filler.open("wb", buffering=0) as file, suppress(OSError):
            for size in (65536, 4096):
                while file.write(bytes(size)) == size:
                    pass

    def free(self, web: Web) -> None:
        """There is room again."""
        if self.real:
            self.filler.unlink()
        else:
            self._limit(web, resource.RLIM_INFINITY)

    def _limit(self, web: Web, most: int) -> None:
        for pid in (web.pid, *descendants(web.pid)):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def close(self) -> None:
        """Take it away."""
        if self.real:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk."""
    found = Disk(tmp_path / "small")
    yield found
    found.close()


def messages() -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(Message)) or 0


class Writer:
    """Somebody who writes to her mentor; the book of what she was told."""

    def __init__(self, web: Web, setting: Setting) -> None:
        who = setting.travellers[0]
        self.phone, self.address = Phone(web.port), f"/en/pairs/{who.pair}/messages"
        self.phone.sign_in(who.person.handle, PASSPHRASE)
        self.phone.get(self.address)
        self.form = self.phone.hidden(self.address)
        self.done, self.refused = 0, list[dict[str, str]]()

    def send(self, form: dict[str, str] | None = None) -> Answer:
        """One more message, or one that was refused."""
        sent = form or {**self.form, "form_key": word(), "body": f"{word()} " + "so " * 1200}
        answer = self.phone.ask("POST", self.address, sent, patience=60)
        if answer.status == 303:
            self.done += 1
        elif form is None:
            self.refused.append(sent)
        return answer


def test_a_full_disk(disk: Disk, figure: Tell, tell: Callable[[str], None]) -> None:
    instance = Instance(disk.folder)
    with instance.inside():
        setting = prepare(instance.folder, 2)
        pair = make_pair(shares=[setting.outline.course_id])
        task = hand_in(pair.mentee, setting.outline, "A page that only the mentor reads.")
    try:
        with Web(instance, SOUND) as web:
            writer, reader, mentor = Writer(web, setting), Phone(web.port), Phone(web.port)
            reader.sign_in(setting.travellers[1].person.handle, PASSPHRASE)
            reader.get("/en/account")
            mentor.sign_in(pair.mentor.handle, PASSPHRASE)
            with instance.inside():
                prove_sign_ins(pair.mentor.id)
            assert writer.send().status == 303

            disk.fill(web)
            answers = [writer.send() for _ in range(MANY)]
            told = [one for one in answers if one.status != 303]
            assert len(told) >= MANY / 2, "the disk is not full"
            assert {one.status for one in told} <= REFUSED
            kept = sum(
                form["body"].strip() in unescape(one.html)
                for form, one in zip(writer.refused, told, strict=True)
            )
            assert kept == len(told), "what was typed is lost"
            # Reading needs no room; leaving must always work; what nobody may read unseen stays closed.
            assert reader.ask("GET", setting.item("les-first")).status == 200
            seen = mentor.ask("GET", f"/en/tasks/{task}")
            assert (seen.status, "only the mentor reads" in seen.html) == (503, False)
            left = reader.ask("POST", "/en/sign-out", reader.hidden("/sign-out"))
            assert left.status == 303
            assert reader.ask("GET", "/en/home").status == 303, "still signed in"

            disk.free(web)
            began = time.monotonic()
            while writer.send(writer.refused[0]).status != 303 and time.monotonic() < began + 60:
                time.sleep(0.05)
            back = time.monotonic() - began
            again = [writer.send(form).status for form in writer.refused[1:]]
            # A second time: done once.
            writer.done -= len(writer.refused)
            again += [writer.send(form).status for form in writer.refused]
            assert mentor.ask("GET", f"/en/tasks/{task}").status == 200
        with instance.inside():
            there = messages()
    finally:
        instance.close()
    how = "a disk of 24 MiB" if disk.real else "a limit on the size of files"
    tell(f"{how}: {writer.done} stored, {len(told)} refused, all sent again")
    figure("refused while the disk was full", len(told), "≥ 1")
    figure("lost or stored twice around a full disk", abs(there - writer.done), "= 0")
    figure("seconds until it works after room was made", back, "≤ 5")
    assert set(again) == {303}
    assert there == writer.done


SYNCS = "fdatasync,fsync"


def broken_syncs(instance: Instance, first: int, step: int) -> None:
    """From some call on, every so many syncs of each process fail."""
    instance.under = [
        "strace", "-f", "-qq", "-e", "signal=none", "-e", f"trace={SYNCS}",
        "-e", f"inject={SYNCS}:error=EIO:when={first}+{step}", "-o", str(instance.folder / "syncs.log"),
    ]  # fmt: skip


def test_a_disk_that_cannot_sync(
    sqlite: Instance, size: Callable[[int, int], int], figure: Tell
) -> None:
    with sqlite.inside():
        setting = prepare(sqlite.folder, 1)
    broken_syncs(sqlite, 5, 4)
    wanted = size(10, 200)
    with Web(sqlite, SOUND) as web:
        writer = Writer(web, setting)
        while len(writer.refused) < wanted and writer.done < 20 * wanted:
            assert writer.send().status in {303, *REFUSED}
        told = writer.done
    with sqlite.inside():
        there = messages()
    log = (sqlite.folder / "syncs.log").read_text()
    figure("syncs that failed", log.count("EIO"), "≥ 200")
    figure("writes refused because of that", len(writer.refused), "")
    figure(
        "acknowledged writes that are not there, or the other way round", abs(there - told), "= 0"
    )
    assert len(writer.refused) >= wanted
    assert there == told


def writer_at_last(web: Web, setting: Setting) -> Writer:
    """Somebody who is signed in: this server loses sign-ins, too."""
    for _ in range(30):
        with suppress(Unexpected):
            return Writer(web, setting)
    raise AssertionError("no sign-in holds")


def test_an_early_acknowledgement_is_found_by_a_sync(
    sqlite: Instance, tell: Callable[[str], None]
) -> None:
    with sqlite.inside():
        setting = prepare(sqlite.folder, 1)
    broken_syncs(sqlite, 5, 2)
    with Web(sqlite, "tests.faults.planted:early()") as web:
        writer = writer_at_last(web, setting)
        for _ in range(8):
            writer.send()
    with sqlite.inside():
        there = messages()
    tell(f"planted, acknowledged before the commit: {writer.done} told, {there} there")
    assert there < writer.done, "the harness must find what this server loses"
