"""Demo: invented people with a past, so that every page of a fresh instance has something to show.

Stands above all rooms and is used by nobody. Everything happens through the rooms' own actions, at moments
of the past, so their rules hold here too. Only where the mode is demo or test.
"""
