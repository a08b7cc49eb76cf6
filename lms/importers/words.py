"""What is wrong with a file or a row, and what to do, in words."""

from __future__ import annotations

from lms.core.i18n import format_day, format_list, format_number
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.importers import sheet
from lms.importers.rules import Kind, MentorRow, Problem, Row, WaitingRow, Why
from lms.importers.sheet import Unreadable
from lms.programmes import languages
from lms.programmes import words as programmes
from lms.programmes.rules import Track

TITLES = {
    Kind.MENTORS: _l("Mentors"),
    Kind.WAITING: _l("People who wait"),
    Kind.PAIRS: _l("Pairs that work together already"),
}
_FILE = {
    sheet.Why.EMPTY: _l("The file is empty. Choose the one with the rows."),
    sheet.Why.LARGE: _l("The file is too large. Split it; 1 MB is the most."),
    sheet.Why.NOT_TEXT: _l("This is no table as text. In the spreadsheet, save it as CSV UTF-8."),
    sheet.Why.BROKEN: _l("A quotation mark opens and does not close. Save the table as CSV anew."),
}
_ROW = {
    Why.NO_NAME: _l("A name is missing."),
    Why.LONG: _l("Too long. Make it shorter."),
    Why.UNSAFE: _l("There is an invisible or control character in it. Type it again by hand."),
    Why.NO_LANGUAGE: _l("A language is missing."),
    Why.LANGUAGE: _l("One of these languages is not known here. Use names or codes, with commas."),
    Why.PLACES: _l("Places are a number from 1 to 10."),
    Why.TRACK: _l("Write peer or scientist."),
    Why.DAY: _l("Write the day as 2026-09-01 or 01.09.2026."),
    Why.FUTURE: _l("This day has not come yet."),
    Why.TWICE: _l("This person stands in the table twice."),
    Why.SAME_PERSON: _l("Nobody can be her own mentor."),
    Why.NOBODY: _l(
        "Nobody signs in with this name. Ask how it is spelt, or bring the mentors in first."
    ),
    Why.MENTOR_TO_COME: _l(
        "This mentor has a code and has not come with it yet. Bring the pair in when she has."
    ),
    Why.NO_MENTOR: _l("This person is no mentor in this track yet. Bring in the mentors first."),
    Why.HAS_PAIR: _l("This person has a mentor or an offer in this track already."),
    Why.NOT_POSSIBLE: _l(
        "A rule speaks against it, or there is no free place. Do this one by hand."
    ),
}


def of_file(refused: Unreadable) -> str:
    """Why a file can't be read."""
    if refused.why is sheet.Why.MANY_ROWS:
        return _("More than %(most)s rows. Split the table.", most=format_number(sheet.MOST_ROWS))
    names = format_list(list(refused.names))
    if refused.why is sheet.Why.NO_COLUMNS:
        return _("These columns are missing: %(names)s. Take the template.", names=names)
    if refused.why is sheet.Why.TWICE:
        return _("This column stands there twice: %(names)s.", names=names)
    return str(_FILE[refused.why])


def of_row(problem: Problem) -> str:
    """What is wrong with a row."""
    return str(_ROW[problem.why])


def facts(row: Row) -> list[tuple[str, str]]:
    """What a row says, for the person whom it is about. Empty cells are left out."""
    track, spoken = str(programmes.TRACK[Track(row.track)]), languages.names(row.languages)
    if isinstance(row, MentorRow):
        said = [
            (_("Shown name"), row.name),
            (_("Places"), format_number(row.places)),
            (_("About you"), row.about),
        ]
    elif isinstance(row, WaitingRow):
        said = [
            (_("Shown name"), row.name),
            (_("Waiting since"), format_day(row.since) if row.since else ""),
            (_("What you hope for"), row.goal),
        ]
    else:
        said = [
            (_("Mentor"), row.mentor_name),
            (_("Shown name"), row.mentee_name),
            (_("Together since"), format_day(row.started)),
        ]
    told = [*said, (_("Languages"), spoken), (_("Track"), track)]
    return [(name, value) for name, value in told if value]
