"""Copies that can be put back: made while people work, sealed for a key that is not here, tried out.

One form serves both engines (`rows`): every table as lines of canonical JSON with its count and hash. A copy
is that stream packed and sealed (`sealed`), a move to another engine is the same stream without a file, and
a restore reads it into an empty database in one transaction (`restore`).
"""
