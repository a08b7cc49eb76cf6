"""Sealed fields open where they were sealed and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core.sealing import CannotOpen, Place, seal, unseal

pytestmark = pytest.mark.sqlite_only
HERE = Place("message", "body", "row1", "owner1")


@given(text=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_opens_in_its_place(app: Flask, text: str) -> None:
    with app.app_context():
        try:
            text.encode()
        except UnicodeEncodeError:
            return
        assert unseal(seal(text, HERE), HERE) == text


@pytest.mark.parametrize("field", ["table", "column", "row", "owner"])
def test_a_moved_field_does_not_open(app: Flask, field: str) -> None:
    with app.app_context():
        sealed = seal("between two people", HERE)
        with pytest.raises(CannotOpen):
            unseal(sealed, dataclasses.replace(HERE, **{field: "other"}))


def test_every_flipped_bit_fails(app: Flask) -> None:
    with app.app_context():
        sealed = seal("five words in a row", HERE)
        for place in range(len(sealed) * 8):
            broken = bytearray(sealed)
            broken[place // 8] ^= 1 << (place % 8)
            with pytest.raises(CannotOpen):
                unseal(bytes(broken), HERE)


def test_equal_texts_look_different(app: Flask) -> None:
    with app.app_context():
        assert len({seal("same", HERE) for _ in range(200)}) == 200
