"""People and pairs from tables, and everything that staff entered as tables.

A table is read, shown with what would happen, and only then written: all of it or nothing.
"""
