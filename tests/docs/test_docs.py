"""What is not in the documentation does not exist: settings, commands, jobs, events, packages; links lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from lms.core import outbox
from lms.core.db import Model, db, transaction
from lms.core.events import Event
from lms.core.settings import table
from lms.web.outside import sensitive
from lms.web.small_pages import NAMES, small_page
from tests.docs.host import ROOT, SHIPPED
from tests.world import make_person

pytestmark = pytest.mark.sqlite_only

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
OPERATING = (DOCS / "operating.md").read_text("utf-8")
ARCHITECTURE = (DOCS / "architecture.md").read_text("utf-8")
FLASKS_OWN = {"run", "shell", "routes"}
LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)|<img src="([^"]+)"')
# Made from the running demo; a checkout between two releases may lack them.
SCREENS = DOCS / "screens"
# Pages for people, in both languages; until one is written, a link to it waits.
FOR_PEOPLE = (
    "content-authors.md",
    "coordinators.md",
    "mentors.md",
    "mentees.md",
    "safeguarding.md",
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands(group: click.Group, path: str) -> Iterator[str]:
    """Every command below a group, written as one types it."""
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {word}")
        elif path != "flask" or word not in FLASKS_OWN:
            yield f"{path} {word}"


def kinds_of(parent: type[Event]) -> Iterator[type[Event]]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("lms."):
            yield child
        yield from kinds_of(child)


def prose(path: Path) -> str:
    """A page without what stands in it as code."""
    return re.sub(
        r"(?s)^(```+|~~~+).*?^\1$|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.MULTILINE
    )


def anchors(path: Path) -> set[str]:
    """What a link may point to in a page: its headings, as code hosts spell them."""
    lines = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL).splitlines()
    found = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in found}


def test_the_table_of_settings_is_the_one_in_the_code() -> None:
    written = [line for line in OPERATING.splitlines() if line.startswith("| `ALONGSIDE_")]
    expected = [
        f"| `{variable}` | {f'`{default}`' if default else 'empty'} | {meaning} |"
        for variable, default, meaning in table()
    ]
    assert written == expected


def test_every_command_is_documented(app: Flask) -> None:
    words = set(re.findall(r"`([\w-]+)`", OPERATING))
    for command in commands(app.cli, "flask"):
        known = f"`{command}" in OPERATING or (
            command.startswith("flask db ") and command.split()[-1] in words
        )
        assert known, f"{command} is not in docs/operating.md"


def test_every_documented_command_exists(app: Flask) -> None:
    real = set(commands(app.cli, "flask"))
    for row in re.findall(r"^\| `(flask [^|]*)\|", OPERATING, re.MULTILINE):
        for words in re.findall(r"flask [a-z-]+(?: [a-z-]+)?", row):
            assert words in real or words.rsplit(" ", 1)[0] in real, words


def test_every_job_is_documented(app: Flask) -> None:
    section = OPERATING.partition("## Work behind the pages")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| `([a-z.]+)` \|", section, re.MULTILINE)
    assert sorted(documented) == outbox.kinds()


def test_every_event_is_documented(app: Flask) -> None:
    documented = re.findall(r"^\| `([A-Z]\w+)` \| (\w+) \|", ARCHITECTURE, re.MULTILINE)
    real = {(kind.__name__, kind.__module__.split(".")[1]) for kind in kinds_of(Event)}
    assert set(documented) == real


def test_every_room_is_in_the_picture(app: Flask) -> None:
    picture = (DOCS / "architecture.svg").read_text("utf-8")
    rooms = [path.parent.name for path in ROOT.glob("lms/*/room.py") if path.parent.name != "core"]
    for room in rooms:
        assert f">{room}<" in picture, room
        assert f"| `{room}` |" in ARCHITECTURE, room


def test_every_package_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + [
        line
        for extra, lines in project["optional-dependencies"].items()
        if extra != "dev"
        for line in lines
    ]
    names = {re.split(r"[\[~><=]", line)[0] for line in wanted}
    pinned = dict(
        re.findall(
            r"^([\w-]+)==([\w.]+)", (ROOT / "requirements/prod.txt").read_text(), re.MULTILINE
        )
    )
    rows = dict(
        re.findall(
            r"^\| `([\w-]+)` \|[^|]*\|[^|]*\| ([\d.]+),",
            (DOCS / "dependencies.md").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert rows == {package: pinned[package] for package in names}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    waiting = []
    for target in map("".join, LINK.findall(prose(page))):
        if re.match(r"(https?|mailto):", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() and (SCREENS in found.parents or found.name in FOR_PEOPLE):
            waiting.append(target)
            continue
        assert found.exists(), f"{name(page)}: {target}"
        assert not anchor or anchor in anchors(found), f"{name(page)}: {target}"
    if waiting:
        pytest.skip(f"{name(page)} waits for {', '.join(waiting)}")


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    decisions = (DOCS / "adr" / "README.md").read_text("utf-8")
    for page in DOCS.glob("*.md"):
        assert page.name == "index.md" or page.name in index, page.name
    for page in (DOCS / "adr").glob("0*.md"):
        assert page.name in decisions, page.name


def test_russian_pages_have_their_english_twins() -> None:
    for page in (DOCS / "ru").glob("**/*.md"):
        assert (DOCS / page.relative_to(DOCS / "ru")).exists(), name(page)


@pytest.mark.parametrize("page", FOR_PEOPLE)
def test_pages_for_people_exist_in_both_languages(page: str) -> None:
    english, russian = DOCS / page, DOCS / "ru" / page
    if not english.exists() and not russian.exists():
        pytest.skip(f"docs/{page} is not written yet")
    assert english.exists()
    assert russian.exists()
    levels = [re.findall(r"^#+(?= )", prose(twin), re.MULTILINE) for twin in (english, russian)]
    assert levels[0] == levels[1], "the same sections in both"


def test_pages_name_no_machine() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        assert not re.search(r"/(work|home|root|Users)/|pypi\.|localhost:\d", text), name(page)


@pytest.mark.parametrize("small", NAMES)
def test_small_pages_are_the_same_in_both_languages(small: str) -> None:
    (english, en), (russian, ru) = small_page(small, "en"), small_page(small, "ru")
    assert re.search(r"[а-яё]", russian)
    assert not re.search(r"[а-яё]", en, re.IGNORECASE)
    assert not sensitive(english), english
    assert not sensitive(russian), russian
    for tag in ("h2", "li", "div", "ol", "a"):
        assert en.count(f"<{tag}") == ru.count(f"<{tag}"), tag
    assert re.findall(r'id="([^"]+)"', en) == re.findall(r'id="([^"]+)"', ru)
    assert '"' not in re.sub(r"<[^>]+>", "", ru).replace("&quot;", '"'), "кавычки – ёлочки"
    assert "/ru/" not in en
    assert "/en/" not in ru


def test_the_licence_is_the_one_that_is_named() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3" in text
    assert "AGPL" in (ROOT / "README.md").read_text("utf-8")


def test_the_written_backup_is_a_backup(app: Flask, tmp_path: Path) -> None:
    """The commands of the page, run while the database is in use, give a whole copy."""
    if shutil.which("sqlite3") is None:
        pytest.skip("the sqlite3 program is not installed: apt install sqlite3")
    (block,) = (
        part
        for part in re.findall(r"```sh\n(.*?)```", OPERATING, re.DOTALL)
        if "PRAGMA integrity_check" in part
    )
    with app.app_context():
        with transaction():
            person = make_person("Backup Heron")
            handle = person.handle
        source = db.engine.url.database
    script = block.replace("/var/lib/alongside/alongside.db", str(source))
    script = script.replace("/var/backups/alongside", str(tmp_path))
    assert str(tmp_path) in script
    subprocess.run(["/bin/sh", "-eu", "-c", script], check=True, capture_output=True)
    (copy,) = tmp_path.glob("alongside-*.db")
    assert copy.stat().st_mode & 0o077 == 0
    listed = subprocess.run(
        ["sqlite3", str(copy), "SELECT handle FROM person"], capture_output=True, text=True
    )
    assert listed.stdout.split("\n")[0] == handle
    tables = subprocess.run(["sqlite3", str(copy), ".tables"], capture_output=True, text=True)
    assert set(Model.metadata.tables) <= set(tables.stdout.split())


def test_the_small_script_passes_settings_with_spaces(tmp_path: Path) -> None:
    script = (SHIPPED / "alongside").read_text()
    (tmp_path / "settings.env").write_text(
        "# a comment\nALONGSIDE_SIGNATORY_EN=Name; role $HOME\n\nWEB_CONCURRENCY=2\n"
    )
    for shipped, ours in (
        ("/etc/alongside", str(tmp_path)),
        ("cd /srv/alongside", f"cd {tmp_path}"),
        ("runuser -u alongside -- /srv/alongside/.venv/bin/flask", "/usr/bin/env -0; exit #"),
    ):
        assert shipped in script
        script = script.replace(shipped, ours)
    ran = subprocess.run(
        ["/bin/sh", "-c", script.replace("exec ", "")], capture_output=True, text=True
    )
    assert "ALONGSIDE_SIGNATORY_EN=Name; role $HOME\0" in ran.stdout
    assert "WEB_CONCURRENCY=2\0" in ran.stdout
