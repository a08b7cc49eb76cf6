"""People: a handle, a passphrase, a way back, roles, sign-ins. Nothing that names anybody.

Never asks for e-mail, phone, legal name, or anything about a person's life or health.
"""
