"""Meetings of a pair: proposed, planned, moved, held or missed; and how they get into a phone's calendar.

Owns meetings, the times that were proposed for them, and secret calendar addresses. What was said in a
meeting is a shared note of the pair and never stands here; a mentor's hours are counted in the room above.
"""
