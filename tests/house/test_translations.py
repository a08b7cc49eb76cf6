"""Russian is complete and fits the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from lms.web.assets import catalogues

pytestmark = pytest.mark.sqlite_only
PATHS = catalogues.sources()


@pytest.fixture(scope="module")
def wanted() -> dict[object, Message]:
    return {message.id: message for message in catalogues.collect() if message.id}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_nothing_is_missing(path: Path, wanted: dict[object, Message]) -> None:
    found = {message.id: message for message in catalogues.read(path) if message.id}
    missing = [message_id for message_id in wanted if message_id not in found]
    assert missing == [], "run ./run i18n"
    untranslated = [
        message.id
        for message in found.values()
        if not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]
    assert untranslated == []
    assert [message_id for message_id in found if message_id not in wanted] == [], (
        "texts that are gone"
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_places_and_plurals_agree(path: Path) -> None:
    catalogue = catalogues.read(path)
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        problems = list(message.check(catalogue))
        assert problems == [], f"{message.id}: {problems}"
        source = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        places = {found for text in source for found in re.findall(r"%\((\w+)\)", text)}
        for text in strings:
            assert set(re.findall(r"%\((\w+)\)", text)) <= places, message.id


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_russian_is_typeset_as_russian(path: Path) -> None:
    for message in [message for message in catalogues.read(path) if message.id]:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in strings:
            assert '"' not in re.sub(r'="[^"]*"', "", text or ""), f"straight quotes: {text}"
            assert "!" not in (text or ""), f"no exclamation marks: {text}"
