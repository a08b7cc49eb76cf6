"""The number of a certificate: twelve symbols that a stranger types from paper, on any keyboard.

Eleven free symbols are 45 bits, too many to guess at the rate that the check page allows.
"""

from __future__ import annotations

from lms.core.codes import ALPHABET, CodeShape

SHAPE = CodeShape(length=12, group=4)
LENGTH = SHAPE.length

new = SHAPE.new
check_symbol = SHAPE.check_symbol
is_valid = SHAPE.is_valid
parse = SHAPE.parse
shown = SHAPE.shown

__all__ = ["ALPHABET", "LENGTH", "check_symbol", "is_valid", "new", "parse", "shown"]
