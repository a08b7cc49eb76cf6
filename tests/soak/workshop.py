"""Tries the mutants of one module: `python -m tests.soak.workshop MODULE SECONDS REPORT TEST …`.

Each is tried in a process of its own, forked from one in which everything is loaded, and no file is changed. A
function is given its wrong code where it lives, when the tests have been collected and the application stands.
What runs at an import, such as a column or a constant, is wrong from the import on.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.soak.equivalent import EQUIVALENT
from tests.soak.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["-x", "-p", "no:randomly", "--assert=plain"]
OWN = ("lms", "tests", "__main__")
NOTICED, BROKEN = 1, 9
LONGEST = 120
# In any order, but always the same one: if there is no time for all, those that were tried stand for the rest.
SEED = 25


def fork(work: Callable[[], int]) -> int:
    """The code with which `work` ends in a process of its own. Who hangs is noticed."""
    if pid := os.fork():
        status = os.waitpid(pid, 0)[1]
        return NOTICED if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    code = BROKEN
    try:
        signal.alarm(LONGEST)
        code = work()
    finally:
        os._exit(code)


# --- Wrong where it lives ------------------------------------------------------------------------


def codes(module: CodeType) -> Iterator[CodeType]:
    """The code of every function of a module, nested ones too."""
    for one in module.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from codes(one)


def of(home: str, path: Path, source: str) -> dict[str, CodeType] | None:
    """Name → code of a function and what is nested in it; None when two have one name."""
    inner = f"{home}.<locals>."
    found = [
        one
        for one in codes(compile(source, str(path), "exec", dont_inherit=True))
        if one.co_qualname == home or one.co_qualname.startswith(inner)
    ]
    named = {one.co_qualname: one for one in found}
    return named if len(named) == len(found) else None


def can_swap(path: Path, mutant: Mutant) -> bool:
    """Whether a living function can be given the mutant's code: it needs the same names from outside."""
    sound = of(mutant.home, path, path.read_text("utf-8"))
    wrong = of(mutant.home, path, mutant.source)
    if not mutant.home or sound is None or wrong is None or set(sound) != set(wrong):
        return False
    return all(sound[name].co_freevars == wrong[name].co_freevars for name in sound)


def swap(path: Path, home: str, source: str) -> None:
    """Give every living function that came from `home` the code of this source."""
    new, count = of(home, path, source) or {}, 0
    for one in gc.get_objects():
        if type(one) is not FunctionType or one.__code__.co_filename != str(path):
            continue
        if code := new.get(one.__code__.co_qualname):
            one.__code__ = code
            count += 1
    assert count, f"{home} does not live"


@dataclass(eq=False)
class Trials:
    """A pytest plugin: when the sound tests are green, they run again for each mutant."""

    path: Path
    wrong: list[Mutant]
    ends: float
    survivors: list[Mutant] = field(default_factory=list)
    tried: int = 0
    app: Any = None

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """Learn which application the tests use."""
        made = yield
        if fixturedef.argname == "app":
            self.app = made
        return made

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the sound tests, then each mutant: the quick tests first."""
        took = {}
        for item in session.items:
            began = time.monotonic()
            assert self.passes(item), f"{item.nodeid} must be green"
            took[item] = time.monotonic() - began
        session.items.sort(key=lambda item: took[item])
        self.keep()
        # The control: sound code that is given to a living function is noticed by nobody.
        one = self.wrong[0].home
        assert self.survives(session, one, self.path.read_text("utf-8")), f"{one} is sound"
        for mutant in self.wrong:
            if time.monotonic() > self.ends:
                break
            self.tried += 1
            if self.survives(session, mutant.home, mutant.source):
                self.survivors.append(mutant)
        return True

    def survives(self, session: pytest.Session, home: str, source: str) -> bool:
        """Whether no test notices that a function has this code."""

        def run() -> int:
            swap(self.path, home, source)
            return 0 if all(self.passes(item) for item in session.items) else NOTICED

        code = fork(run)
        assert code != BROKEN, home
        self.restore()
        return code == 0

    @staticmethod
    def passes(item: pytest.Item) -> bool:
        """Run one test; what belongs to the whole run stays."""
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, log=False, nextitem=item.session)  # type: ignore[arg-type]
        return not any(report.failed for report in reports)

    def keep(self) -> None:
        """Remember the files of the application, with nothing open."""
        if self.app:
            with self.app.app_context():
                self.app.extensions["sqlalchemy"].engine.dispose()
            shutil.copytree(self.folder, f"{self.folder}-sound")

    def restore(self) -> None:
        """Put the files of the application back as they were."""
        if self.app:
            shutil.rmtree(self.folder)
            shutil.copytree(f"{self.folder}-sound", self.folder)

    @property
    def folder(self) -> Path:
        """Where the application keeps its files."""
        folder: Path = self.app.extensions["settings"].data
        return folder


# --- Wrong from the import on --------------------------------------------------------------------


def load_as(path: Path, source: str) -> None:
    """From now on this module's file reads like that."""
    real = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if loader.path == str(path):
            return compile(source, str(path), "exec", dont_inherit=True)
        return real(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def run(tests: list[str], path: Path, source: str) -> int:
    """Run tests with this source for a module."""
    load_as(path, source)
    return int(pytest.main([*OPTIONS, *tests]))


def learn(tests: list[str], note: Path) -> int:
    """Run the sound tests and write down which modules of others they load."""
    code = pytest.main([*OPTIONS, *tests])
    loaded = [name for name in sys.modules if name.split(".")[0] not in OWN]
    note.write_text(json.dumps(loaded), "utf-8")
    return int(code)


def main(module: str, seconds: str, report: str, *tests: str) -> None:
    """Try all, write how many were tried and which survived."""
    ends, path, chosen = time.monotonic() + float(seconds), ROOT / module, list(tests)
    note = Path(report)
    sound = path.read_text("utf-8")
    wrong = [one for one in mutants(sound) if (module, one.change, one.what) not in EQUIVALENT]
    random.Random(SEED).shuffle(wrong)
    assert fork(lambda: learn(chosen, note)) == 0, "the sound module must be green"
    for name in json.loads(note.read_text("utf-8")):
        with suppress(Exception):
            importlib.import_module(name)
    assert fork(lambda: run(chosen, path, sound)) == 0, (
        "the control: sound code is noticed by nobody"
    )
    living = [one for one in wrong if can_swap(path, one)]
    tried, survivors = 0, list[Mutant]()
    for one in [one for one in wrong if one not in living]:
        if time.monotonic() > ends:
            break
        tried += 1
        if fork(lambda one=one: run(chosen, path, one.source)) == 0:  # type: ignore[misc]
            survivors.append(one)
    trials = Trials(path, living, ends)
    if living:
        assert pytest.main([*OPTIONS, *tests], plugins=[trials]) == 0, "a trial went wrong"
    found = [[one.line, one.change, one.what] for one in [*survivors, *trials.survivors]]
    told = {"mutants": len(wrong), "tried": tried + trials.tried, "survivors": sorted(found)}
    note.write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
