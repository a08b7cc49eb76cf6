"""Rules, refusals and results in words. Pure but for the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from lms.assessment.marking import Reason
from lms.assessment.queries import Try
from lms.assessment.rules import Start, StartVerdict, State
from lms.core.i18n import format_list, format_moment, format_number, ngettext
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.courses.questions import Counts, NumberRange, QuizRules, Review

REFUSALS = {
    Reason.EMPTY: _l("Answer the question, or go on without an answer."),
    Reason.CHOOSE_ONE: _l("Choose one answer only."),
    Reason.UNKNOWN_CHOICE: _l("Choose from the answers on this page."),
    Reason.TOO_LONG: _l("Make the answer shorter. A few words are enough."),
    Reason.HIDDEN_CHARACTERS: _l("There is an invisible character in it. Type it again by hand."),
    Reason.NOT_A_NUMBER: _l("Write one number in digits and nothing else, like 12 or 3.5."),
    Reason.THOUSANDS_OR_DECIMALS: _l(
        "This can be read in two ways. Write thousands with a space (1 234) "
        "and decimals with a point (1.234)."
    ),
    Reason.PLACE_MISSING: _l("Give every line a place."),
    Reason.PLACE_NOT_A_NUMBER: _l("Write places as whole numbers, counting from 1."),
    Reason.PLACE_TWICE: _l("Two lines have the same place. Give each its own number."),
    Reason.PAIR_MISSING: _l("Choose something for every line."),
}

REVIEWS = {
    Review.PRACTICE: _l(
        "You see after each question how it went, and the answer after a right try or the second one."
    ),
    Review.AFTER_SUBMIT: _l(
        "You see how it went when you finish. The answers stay hidden while you can still try again."
    ),
    Review.AFTER_PASS_OR_LAST: _l(
        "You see your answers and the right ones when you have passed or used your last attempt."
    ),
    Review.NEVER: _l("You see the result when you finish, not the answers."),
}

COUNTED = {
    Counts.BEST: _l("The best attempt counts."),
    Counts.LAST: _l("The last attempt counts."),
    Counts.FIRST: _l("The first attempt counts."),
    Counts.AVERAGE: _l("The average of all attempts counts."),
}


def rules_in_words(rules: QuizRules, extra: int = 0, multiplier: float = 1.0) -> list[str]:
    """What a learner should know before Start, one sentence a rule."""
    limit = int(rules.limit_minutes * max(1.0, multiplier))
    lines = [
        _("Done when you score %(percent)s %% or more.", percent=rules.pass_percent),
        _attempts(rules, extra),
        _("Time limit: %(time)s.", time=duration(limit)) if limit else _("No time limit."),
        str(REVIEWS[rules.review]),
    ]
    if rules.wait_minutes:
        lines.append(_("Between two attempts: %(time)s.", time=duration(rules.wait_minutes)))
    return lines


def _attempts(rules: QuizRules, extra: int) -> str:
    counted = str(COUNTED[rules.counts])
    if rules.attempts == 0:
        return _("You can repeat it as often as you like.") + " " + counted
    allowed = rules.attempts + extra
    line = ngettext("You have %(num)s attempt.", "You have %(num)s attempts.", allowed)
    return line if allowed == 1 else f"{line} {counted}"


def small_print(rules: QuizRules) -> str:
    """The line under every question."""
    if rules.limit_minutes:
        return _("Only you see your attempts.")
    if rules.attempts:
        return _("No time limit. Only you see your attempts.")
    return _(
        "No time limit. You can repeat the check as often as you like; only you see the earlier tries."
    )


def duration(minutes: int) -> str:
    """`10 minutes`, `2 hours`, `1 day and 2 hours`."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(num)s day", "%(num)s days", days))
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if left or not parts:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", left))
    return format_list(parts)


def refusal(start: Start, zone: str) -> tuple[str, str]:
    """Heading and sentence for a Start that the rules do not allow."""
    match start.verdict, start.at:
        case StartVerdict.WAIT, at if at is not None:
            heading = _("A pause before the next attempt")
            line = _("You can start again on %(moment)s.", moment=format_moment(at, zone))
            return heading, f"{line} {_left(start.left)}".strip()
        case StartVerdict.CLOSED, at if at is not None:
            return _("This check is closed"), _(
                "It closed on %(moment)s.", moment=format_moment(at, zone)
            )
        case _:
            return _("No attempts left"), _(
                "Your attempts are used. If something went wrong, "
                "ask whoever runs your course for another one."
            )


def _left(left: int | None) -> str:
    if left is None:
        return ""
    return ngettext("%(num)s attempt is left.", "%(num)s attempts are left.", left)


def score(points: Fraction, out_of: int, questions: int) -> str:
    """`4 of 5`, or `6.5 of 8 points` when questions weigh differently. Never rounded up."""
    tenths = Fraction(int(points * 10), 10)
    reached = format_number(int(tenths) if tenths.denominator == 1 else float(tenths))
    if out_of == questions:
        return _("%(reached)s of %(all)s", reached=reached, all=format_number(out_of))
    return ngettext(
        "%(reached)s of %(num)s point", "%(reached)s of %(num)s points", out_of, reached=reached
    )


def accepted_numbers(ranges: Sequence[NumberRange]) -> str:
    """The right number, or from where to where numbers are right, in the reader's format."""
    return format_list(_range(one) for one in ranges)


def _range(accepted: NumberRange) -> str:
    low, high = _number(accepted.low), _number(accepted.high)
    return low if low == high else _("from %(low)s to %(high)s", low=low, high=high)


def _number(value: Decimal) -> str:
    return format_number(int(value) if value == value.to_integral_value() else float(value))


def attempt_line(one: Try, questions: int) -> str:
    """What came of an attempt, for the history."""
    if one.state is State.OPEN:
        return _("Open. Your answers are kept.")
    if one.state is State.VOID:
        return _("Does not count: %(reason)s", reason=one.void_reason)
    return score(one.points, one.out_of, questions)
