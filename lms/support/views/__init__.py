"""Pages of support: `staff` for coordinators, `own` for the two sides of a pair."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("support", "lms.support", url_prefix="/<lang:lang>", template_folder="templates")
