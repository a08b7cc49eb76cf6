"""Safeguarding: concerns, which only its leads open, and blocks, which nobody sees but who made them."""
