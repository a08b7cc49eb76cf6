"""Who has looked at whose data: one sealed line a visit, shown to the person it is about.

Owns the access events and the page "Your data". Knows nothing of why somebody may look; the rooms above say
who it was, in which role, and at what.
"""
