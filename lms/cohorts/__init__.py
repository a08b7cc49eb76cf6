"""Cohorts: people who take one course version together, between two dates, with a coordinator.

Owns cohort, invitation code and seat. What somebody has done it asks `learning` for and never works out
itself; what people wrote and how they answered it never shows.
"""
