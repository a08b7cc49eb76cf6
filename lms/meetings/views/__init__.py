"""Pages of meetings: `pairs` for the two who meet, `calendar` for phones, `staff` for disputes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("meetings", "lms.meetings", url_prefix="/<lang:lang>", template_folder="templates")
