"""Who could be a pair, how well they fit, and the best whole cohort. Pure: facts in, pairs and reasons out.

Owns the hard constraints, the score, the exact solver and what explains a result. Knows no database, no
request and no clock, and speaks in public ids only.
"""
