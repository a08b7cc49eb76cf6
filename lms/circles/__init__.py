"""Circles of at most twelve people, and questions to scientists who cannot take a mentee."""
