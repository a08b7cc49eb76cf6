"""Course folders: reading, checking, stamping. Knows files, not the database and not Flask.

`read_course(folder)` gives a `SourceCourse` (or none) and every problem found, each with file, line and column.
Input may be hostile: whatever stands in a folder, the answer is a message, never an exception.
"""
