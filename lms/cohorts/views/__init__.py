"""Pages of cohorts: `staff` for coordinators, `own` for everybody."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cohorts", "lms.cohorts", url_prefix="/<lang:lang>", template_folder="templates")

COHORT = "/cohorts/<cohort>"
