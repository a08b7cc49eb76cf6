"""Checks of what somebody knows: attempts at quizzes, their answers, and how they are marked.

Owns attempts and answers. Reads questions from `courses` and never changes them. Tells the rooms
above that an attempt was marked; it does not know what progress or certificates make of it.
"""
