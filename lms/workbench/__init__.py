"""Where staff make pairs: who waits and why, one by one or all at once, reviewed before anybody is told."""
