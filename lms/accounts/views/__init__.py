"""Pages of accounts, by subject. Importing the package hangs all of them on the two blueprints."""

from lms.accounts.views import account, devices, joining, locking, second, vouching
from lms.accounts.views.base import bp, site
from lms.accounts.views.sign_in import ask_again, ask_to_sign_in

__all__ = [
    "account",
    "ask_again",
    "ask_to_sign_in",
    "bp",
    "devices",
    "joining",
    "locking",
    "second",
    "site",
    "vouching",
]
