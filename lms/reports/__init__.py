"""The report of a programme: what it reached, of how many, how sure that is, and nobody to be made out in it.

Owns no table. Reads the rooms of mentoring, of concerns only how many there are.
"""
