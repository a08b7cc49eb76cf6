"""Alongside / Рядом: courses with a person beside you. `app.py` knows every room; no room knows it."""
