"""Towns of time zones, in both languages."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from lms.accounts.forms import ZONES
from lms.core.i18n import force_locale, format_place

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone != "UTC"])
def test_every_town_that_is_offered_has_a_name_in_both_languages(app: Flask, zone: str) -> None:
    with force_locale("ru"):
        assert re.fullmatch(r"[А-ЯЁа-яё -]+", format_place(zone))
    with force_locale("en"):
        assert re.fullmatch(r"[A-Za-z -]+", format_place(zone))


def test_what_is_no_zone_stays_as_it_is() -> None:
    assert format_place("Mars/Olympus") == "Mars/Olympus"
