"""Courses as immutable published versions, made from folders of files.

Owns course, version, module, item, question and their texts. Knows nobody's progress.
"""
