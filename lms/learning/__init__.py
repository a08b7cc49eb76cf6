"""Learning: who takes which course, what is done, what a task's text is worth.

Owns enrolment, completion and submission. One function says what progress is; every page asks it.
"""
