"""Rights of a person over her data: a copy to take along, erasure, and the clearing of what is old.

Owns neither the data nor the rules about it: each room says in its `records` what a copy holds, what erasure
does and how long things are kept; this room does it.
"""
