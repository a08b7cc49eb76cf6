"""What a mentor has given: confirmed hours by month, a statement of them, a certificate of volunteering.

Owns the ledger of confirmed time and the statements. It never knows with whom the time was spent: an entry says
on which day and how long, and outlives the pair that it comes from.
"""
