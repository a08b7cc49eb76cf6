from __future__ import annotations

import pytest

from lms.certificates.pdf.process import Printer


@pytest.fixture(scope="session")
def printer():
    """The real PDF process, started once: its start is dear, and it is made to live long."""
    with Printer() as printer:
        yield printer
