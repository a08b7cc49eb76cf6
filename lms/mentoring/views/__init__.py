"""Pages of mentoring: `own` to decide about offers, the others for both sides of a pair."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "mentoring", "lms.mentoring", url_prefix="/<lang:lang>/pairs", template_folder="templates"
)
