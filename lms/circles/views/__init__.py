"""Pages of circles (`circle`, `sheets`) and of the question queue (`asking`, `answering`)."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "circles", "lms.circles", url_prefix="/<lang:lang>/circles", template_folder="templates"
)
questions_bp = Blueprint(
    "questions", "lms.circles", url_prefix="/<lang:lang>/questions", template_folder="templates"
)
