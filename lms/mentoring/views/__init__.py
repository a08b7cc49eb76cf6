"""Pages of mentoring: `own` to ask and decide, `pairs` for both sides of a pair, `staff` to pair by hand."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "mentoring", "lms.mentoring", url_prefix="/<lang:lang>/pairs", template_folder="templates"
)
