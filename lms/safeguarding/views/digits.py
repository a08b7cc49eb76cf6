"""What came of a concern that was raised without a name: read with the digits that were shown once."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from lms.core.i18n import format_time, language
from lms.core.i18n import gettext as _
from lms.core.policy import public
from lms.safeguarding import actions, following, queries, words
from lms.safeguarding.forms import DigitsForm, SayMoreForm, slow_down
from lms.safeguarding.queries import Found
from lms.safeguarding.rules import State, due_at
from lms.safeguarding.views import bp
from lms.safeguarding.views.report import settings
from lms.web.forms import typed
from lms.web.page import page


@bp.route("/code", methods=["GET", "POST"])
@public
def follow() -> AnyResponse:
    """Type the digits and see what came of it; say more. The address says nothing, the digits are kept nowhere."""
    form = DigitsForm()
    if not form.validate_on_submit():
        return page("safeguarding/digits.html", 422 if form.errors else 200, form=form)
    digits = following.read(typed(form.digits))
    found = _by_digits(digits, form)
    if found is None:
        return page("safeguarding/digits.html", 422, keep=True, form=form)
    if "body" in request.form and found.state is not State.CLOSED:
        return _say_more(found, digits)
    return _followed(found, SayMoreForm(formdata=None, digits=digits))


def _by_digits(digits: str, form: DigitsForm) -> Found | None:
    if until := following.wait_until(digits):
        at = format_time(until, settings().time_zone)
        form.digits.errors = [_("Too many tries. Next one at %(time)s.", time=at)]
        return None
    found = following.find(digits)
    if found is None:
        form.digits.errors = [_("These digits open nothing here. Compare each group of four.")]
    return found


def _say_more(found: Found, digits: str) -> Response:
    """Add a line. Sent twice, it stands there once."""
    form = SayMoreForm()
    if not form.validate():
        return _followed(found, form, 422)
    if actions.too_many(None):
        form.body.errors = [slow_down()]
        return _followed(found, form, 429)
    text, said = typed(form.body), queries.said(found, talk_only=True).log
    if not (said and (said[-1].what, said[-1].text) == ("reply", text)):
        actions.reply(found, None, text)
    return _followed(found, SayMoreForm(formdata=None, digits=digits))


def _followed(found: Found, form: SayMoreForm, status: int = 200) -> Response:
    return page(
        "safeguarding/followed.html",
        status,
        keep=status == 200,
        form=form,
        found=found,
        said=queries.said(found, talk_only=True),
        words=words.TOLD,
        due=due_at(found.raised_at),
        zone=settings().time_zone,
        has_lead=queries.has_lead(),
        contact=settings().contact,
        help_now=settings().help_now(language()),
    )
