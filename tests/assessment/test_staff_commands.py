"""What staff do to somebody's attempts at the command line leaves their line in her record."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from lms.accounts.roles import Role
from lms.assessment import queries as tries
from lms.core.db import reading
from tests.assessment.world import make_quiz, start
from tests.client import Browser
from tests.world import make_person


def test_each_of_them_is_seen_by_the_learner(app: Flask, browser: Browser, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    with app.app_context():
        quiz = make_quiz(tmp_path)
        saule, irina = make_person("Saule"), make_person("Irina", Role.COORDINATOR)
        attempt = start(saule.id, quiz).public_id
    by = ["--by", irina.handle, "--reason", "The power was out."]
    for command in (
        ["give", "Saule", quiz.item.public_id, "--attempts", "1"],
        ["accept-late", attempt],
        ["void", attempt],
    ):
        done = run(args=["assessment", *command, *by])
        assert done.exit_code == 0, done.output
    page = browser.sign_in(saule).get("/en/your-data")
    assert page.text.count("A coordinator changed what counts in a quiz of yours") == 3


def test_nobody_without_a_role(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    with app.app_context():
        quiz = make_quiz(tmp_path)
        saule, other = make_person("Saule"), make_person("Marat", Role.MENTOR)
        attempt = start(saule.id, quiz).public_id
    for who in (other.handle, "Nobody 77"):
        done = run(args=["assessment", "void", attempt, "--by", who, "--reason", "x"])
        assert done.exit_code == 1
        assert "neither coordinator nor administrator" in done.output
    assert run(args=["assessment", "void", attempt, "--reason", "x"]).exit_code == 2
    with app.app_context(), reading():
        assert tries.family(attempt)[0].state == "open"
