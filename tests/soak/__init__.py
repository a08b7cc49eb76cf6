"""The long forms: what runs them, and proofs that are too long for every run."""
