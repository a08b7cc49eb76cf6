"""Second factors: codes of an app, passkeys, back-up codes. None of them opens anything without the passphrase."""
