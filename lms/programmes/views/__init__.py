"""Pages of programmes: `own` to ask and to look after one's places, `staff` for who is a mentor."""

from __future__ import annotations

from flask import Blueprint

# Under the address of pairs: nobody who looks over a shoulder should learn more from it.
bp = Blueprint(
    "programmes", "lms.programmes", url_prefix="/<lang:lang>/pairs", template_folder="templates"
)
