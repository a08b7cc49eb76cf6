"""Pages of safeguarding: `report` for everybody, `desk` for those who read concerns, `blocks`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "safeguarding", "lms.safeguarding", url_prefix="/<lang:lang>/help", template_folder="templates"
)
