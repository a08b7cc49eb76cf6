"""What a pair works on: goals in the mentee's words, and texts that her mentor reads."""
