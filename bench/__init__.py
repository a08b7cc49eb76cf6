"""What the product costs: seeded data, load, a bare reference application, one table. `python -m bench`."""
