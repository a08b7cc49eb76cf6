"""`python -m lms.courses.source PATH`: the checker for a pre-commit hook or an editor, without Flask."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lms.courses.source.command import check, stamp_all, status
from lms.courses.source.problems import FORMATS


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when all is well."""
    parser = argparse.ArgumentParser(
        prog="python -m lms.courses.source", description="Check course folders."
    )
    parser.add_argument("path", type=Path, nargs="?", default=Path("courses"))
    parser.add_argument("--format", choices=sorted(FORMATS), default="text")
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    parser.add_argument(
        "--stamp", action="store_true", help="write translated_from into translations"
    )
    parser.add_argument("--status", action="store_true", help="table of translations")
    chosen = parser.parse_args(arguments)
    passes = True
    if chosen.stamp:
        report = stamp_all(chosen.path)
    elif chosen.status:
        report = status(chosen.path)
    else:
        report, passes = check(chosen.path, form=chosen.format, strict=chosen.strict)
    sys.stdout.write(report + "\n")
    return 0 if passes else 1


if __name__ == "__main__":
    sys.exit(main())
