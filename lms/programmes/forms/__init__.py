"""Forms of programmes, by whom they are about."""
