"""Who may be a mentor, and how often. Pure: values in, values out."""

from __future__ import annotations

from datetime import timedelta

GOALS_KEPT = timedelta(days=90)
LARGEST_CAPACITY = 10
