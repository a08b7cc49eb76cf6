"""Programmes: what pairs belong to, who can be a mentor and who waits for one.

Knows nothing of pairs: a mentor's places that are taken, and where somebody's way to a mentor stands, are asked
of the rooms above (`pairing`).
"""
