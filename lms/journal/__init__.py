"""A person's own journal: sealed to her alone. One entry at a time can be shown to her mentor, as a copy."""
