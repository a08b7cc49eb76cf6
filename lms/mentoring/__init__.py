"""Mentoring, first form: a coordinator pairs by hand, both sides agree, either side ends.

Owns programme, mentor's profile, request, match, shares, notes and messages. What a mentor sees of a learner
comes from a live match and from what that learner shares, never from a role.
"""
