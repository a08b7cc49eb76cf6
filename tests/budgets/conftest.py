"""The people of the bench, in the database of a test."""

from __future__ import annotations

import pytest
from flask import Flask

from bench import seed
from bench.instance import Instance
from bench.workloads import Work
from lms.core.settings import Settings


@pytest.fixture
def work(app: Flask, settings: Settings) -> Work:
    """Everything that the bench asks, on its small data."""
    seed.fill(app, seed.SMALL)
    return Work(Instance(seed.SMALL, settings, app))
