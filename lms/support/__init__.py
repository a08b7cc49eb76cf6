"""Support of pairs by people: check-ins, the coordinators' day, pulse and fit questions, nudges, the closing talk.

What predicts that pairs last is not how they were made but that somebody asks how it goes.
"""
