"""A whole instance on loopback: the town of the house tests, served by gunicorn, with a worker beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lms.core.clock import now
from lms.core.db import reading
from lms.courses import queries as courses
from lms.courses.queries import Outline
from tests.cohorts.world import again, do_items, seat_person
from tests.courses.world import publish_folder
from tests.docs.host import free_port
from tests.house.world import Town, make_town
from tests.mentoring.world import begin, make_pair, make_waiting, write
from tests.world import make_person

ROOT = Path(__file__).resolve().parent.parent.parent
REAL_COURSES = ("from-street-to-government", "what-criminalisation-costs")
# Chosen names as people write them; the long ones are meant to be long.
COHORT = (
    "Аида", "Бермет", "Jonas", "Нургуль", "Константин-Александр", "Lela", "Тимур", "Malika",
    "Вячеслав Добросердов", "Ines",
)  # fmt: skip


@dataclass
class Instance:
    """Where it answers, the town that lives there, the real courses by key, and their items' addresses."""

    url: str
    town: Town
    real: dict[str, str]
    items: list[str]

    def address(self, path: str) -> str:
        """A full address."""
        return self.url + path

    def addresses(self, lang: str) -> list[str]:
        """Every item of the real courses."""
        return [f"/{lang}{item}" for item in self.items]

    def fetch(self, path: str) -> str:
        """A page as a guest gets it, without a browser."""
        with urllib.request.urlopen(self.address(path), timeout=30) as answer:
            body: bytes = answer.read()
        return body.decode()


@contextmanager
def make_instance(folder: Path) -> Iterator[Instance]:
    """An instance that answers, and ends with the block."""
    _build_files()
    with make_town(folder, "gw0") as town, ExitStack() as stack:
        with town.app.app_context():
            outlines = {name: _publish(ROOT / "courses" / name) for name in REAL_COURSES}
            _fill(town)
        port = free_port()
        environment = _environment(folder, port)
        log = stack.enter_context((folder / "server.log").open("wb"))
        web = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "wsgi:app"]
        worker = [sys.executable, "-m", "flask", "jobs", "work"]
        for command in (web, worker):
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            stack.callback(_end, process)
        instance = Instance(
            f"http://127.0.0.1:{port}",
            town,
            {name: outline.public_id for name, outline in outlines.items()},
            [
                f"/courses/{o.public_id}/{item.public_id}"
                for o in outlines.values()
                for item in o.items
            ],
        )
        _wait_for(instance.address("/health/ready"), folder / "server.log")
        yield instance


def _build_files() -> None:
    for module in ("lms.web.assets.compress", "lms.web.assets.catalogues"):
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=True, capture_output=True)


def _environment(folder: Path, port: int) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALONGSIDE_", "FLASK_"))}
    return {
        **kept,
        "FLASK_APP": "wsgi",
        "ALONGSIDE_MODE": "test",
        "ALONGSIDE_DATA": str(folder),
        "ALONGSIDE_KEYS": str(folder / "keys"),
        "ALONGSIDE_ARGON2_MEMORY_KIB": "8",
        "ALONGSIDE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALONGSIDE_LOG_LEVEL": "warning",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def _wait_for(address: str, log: Path) -> None:
    for _ in range(1800):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("not ready within three minutes: " + log.read_text())


def _publish(folder: Path) -> Outline:
    return _outline(publish_folder(folder).version_id)


def _outline(version_id: int) -> Outline:
    with reading():
        found = courses.outline(version_id, "en")
    assert found is not None
    return found


def _fill(town: Town) -> None:
    """A cohort of twelve at twelve places of the course, a second mentee, somebody who has just joined."""
    with reading():
        version = courses.latest_version(town.ids["course"])
    assert version is not None
    outline = _outline(version)
    cohort = again(town.ids["cohort"])
    for number, name in enumerate(COHORT):
        person = seat_person(cohort, name, at=now() - timedelta(days=14))
        do_items(person, outline, number % 4, at=now() - timedelta(days=number + 1))
    mentee = make_waiting("Дилноза", goal="Выступить на бюджетных слушаниях")
    begin(mentee, outline, ["les-first"])
    pair = make_pair(town.people["other mentor"], mentee, shares=[outline.course_id])
    write(pair, mentee, "Вопрос")
    town.people["newcomer"] = make_person("Heron 27")


def number_of(text: str) -> str:
    """The number of a certificate as it is shown: 4-4-4."""
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
    assert found is not None, text
    return found[0]
