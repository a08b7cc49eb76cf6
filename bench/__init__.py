"""What the product costs: seeded data, a load client, a bare reference application, one table. `python -m bench`."""
