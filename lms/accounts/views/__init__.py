"""Pages of accounts, by subject. Importing the package hangs all of them on the two blueprints."""

from lms.accounts.views import account, joining, second
from lms.accounts.views.base import bp, site
from lms.accounts.views.sign_in import ask_again, ask_to_sign_in

__all__ = ["account", "ask_again", "ask_to_sign_in", "bp", "joining", "second", "site"]
