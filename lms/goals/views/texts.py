"""Pages of texts: the mentee asks, the mentor reads and answers, round after round."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core import once, throttle
from lms.core.clock import now
from lms.core.db import transaction
from lms.core.files import words
from lms.core.files.intake import Taken, take
from lms.core.files.kinds import ACCEPTED
from lms.core.files.refusal import Refused, Why
from lms.core.files.web import download, sent_files, takes_files, too_much
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.core.sealing import CannotOpen
from lms.core.settings import Settings
from lms.goals import actions, reviews, rules
from lms.goals.actions import Asked
from lms.goals.forms import AnswerForm, DeclineForm, LaterForm, RoundForm, TextForm
from lms.goals.policy import Permission
from lms.goals.reviews import FileOf, Round, TextOf
from lms.goals.rules import Act, NotAllowed, ReviewState, TooMany
from lms.goals.views import bp, keys_for, keys_to_write, load_pair, on_page, saw
from lms.mentoring.queries import Pair
from lms.web.forms import Form, typed
from lms.web.page import page

# As for tasks: sendings of files a day before the pauses begin.
FILES_A_DAY = 40
USUAL_DAYS = timedelta(days=7)


def _load_text(_person: Actor, text: str) -> TextOf | None:
    return reviews.text(text)


def _load_file(_person: Actor, text_file: str) -> FileOf | None:
    return reviews.file(text_file)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


# --- Asking --------------------------------------------------------------------------------------


@bp.get("/pairs/<pair>/texts")
@allow(Permission.PAIR, load_pair)
def texts(pair: Pair) -> Response:
    """The texts of a pair, the latest first."""
    person, mentor = signed_in(), on_page(pair)
    found = reviews.listed(reviews.text_rows(pair), pair, keys_for(pair))
    saw(pair)
    name = pair.name_of(pair.other(person.id))
    return page("goals/texts.html", pair=pair, mentor=mentor, texts=found, name=name)


@bp.route("/pairs/<pair>/texts/new", methods=["GET", "POST"])
@allow(Permission.ASK, load_pair)
@takes_files(keep_as="keep")
def new_text(pair: Pair) -> AnyResponse:
    """Ask for comments on a text."""
    form = TextForm()
    refused = _refused(form)
    if refused:
        return _ask_page(pair, form, None, refused)
    try:
        asked = _asked(form)
    except Refused as why:
        return _ask_page(pair, form, None, _refuse(form, why))
    public_id = actions.ask(pair, typed(form.title), asked, keys_to_write(pair))
    flash(_("Sent. You will be told when there is an answer."), "done")
    return redirect(url_for("goals.text", text=public_id), 303)


@bp.route("/texts/<text>/next", methods=["GET", "POST"])
@allow(Permission.OWN, _load_text)
@takes_files(keep_as="keep")
def next_round(found: TextOf) -> AnyResponse:
    """The next round; what was asked and answered before stays as it is."""
    if Act.NEXT not in rules.allowed(found.state, found.pair.side(signed_in().id)):
        return _back_to(found)
    form = RoundForm()
    refused = _refused(form)
    if refused:
        return _ask_page(found.pair, form, found, refused)
    try:
        asked = _asked(form)
        actions.ask_again(found, signed_in().id, asked, keys_to_write(found.pair))
    except Refused as why:
        return _ask_page(found.pair, form, found, _refuse(form, why))
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
        return _back_to(found)
    except TooMany:
        flash(_("Twelve rounds are the most. Ask for a new text."), "info")
        return _back_to(found)
    flash(_("Sent. You will be told when there is an answer."), "done")
    return _back_to(found)


def _refused(form: RoundForm) -> int:
    """The status of the page on which the form comes back; 0 when it can be taken."""
    form.due_on.least = now().date()
    if not form.is_submitted():
        form.due_on.data = (now() + USUAL_DAYS).date()
        return 200
    if too_much():
        form.validate()
        return _refuse(form, Refused(Why.LARGE))
    chosen = any(part.filename for part in request.files.getlist("file"))
    valid = form.validate()
    return 0 if form.has_something(file=chosen) and valid else 422


def _refuse(form: RoundForm, refused: Refused) -> int:
    form.refuse_file(words.advice(refused.why))
    return 413 if refused.why is Why.LARGE else 422


def _asked(form: RoundForm) -> Asked:
    return Asked(typed(form.body), form.questions, form.due_on.day, _taken())


def _taken() -> Taken | None:
    """The file, looked into while no other writer waits for us. Raises Refused."""
    sent = sent_files("file")
    if not sent:
        return None
    if len(sent) > 1:
        raise Refused(Why.MANY)
    person = signed_in()
    if throttle.wait_until("file", person.public_id, free=FILES_A_DAY):
        raise Refused(Why.PAUSE)
    with once.waiting():
        with transaction():
            throttle.count("file", person.public_id)
        return take(sent[0], _settings())


def _ask_page(pair: Pair, form: RoundForm, found: TextOf | None, status: int) -> Response:
    on_page(pair)
    large = _("At most one file of %(size)s MB.", size=_settings().file_mib)
    return page(
        "goals/text_form.html",
        status,
        form=form,
        pair=pair,
        text=found,
        file_rule=f"{large} {words.TAKEN}",
        file_kinds=ACCEPTED,
    )


# --- One text ------------------------------------------------------------------------------------


@bp.get("/texts/<text>")
@allow(Permission.WORK, _load_text)
def text(found: TextOf) -> Response:
    """A text with all its rounds, and what the reader can do now."""
    return _text_page(found, AnswerForm(formdata=None))


def _text_page(
    found: TextOf, form: AnswerForm | DeclineForm | LaterForm, status: int = 200
) -> Response:
    person, mentor = signed_in(), on_page(found.pair)
    keys = keys_for(found.pair)
    rounds = reviews.rounds(found, keys)
    saw(found.pair)
    day = LaterForm(formdata=None)
    day.due_on.data = max(found.due_on, now().date()) + USUAL_DAYS
    empty = {
        "answer": AnswerForm(formdata=None),
        "decline": DeclineForm(formdata=None),
        "later": day,
    }
    filled = {AnswerForm: "answer", DeclineForm: "decline", LaterForm: "later"}
    forms = {**empty, filled[type(form)]: form} if form.is_submitted() else empty
    return page(
        "goals/text.html",
        status,
        form=form,
        forms=forms,
        plain=Form(formdata=None),
        pair=found.pair,
        text=found,
        title=reviews.title_of(found.title, found.public_id, found.pair, keys),
        rounds=rounds,
        mentor=mentor,
        name=found.pair.name_of(found.pair.other(person.id)),
        can={act.value for act in rules.allowed(found.state, found.pair.side(person.id))},
        zone=person.zone,
    )


def _latest(found: TextOf) -> Round:
    return reviews.rounds(found, keys_for(found.pair))[0]


@bp.post("/texts/<text>/answer")
@allow(Permission.ANSWER, _load_text)
def answer(found: TextOf) -> AnyResponse:
    """The mentor's answer."""
    form, latest = AnswerForm(), _latest(found)
    count = len(latest.questions)
    if not form.validate() or not form.says_something(count):
        return _text_page(found, form, 422)
    keys = keys_to_write(found.pair)
    try:
        actions.answer(
            found, signed_in().id, latest, typed(form.general), form.answers(count), keys
        )
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    else:
        flash(_("Answer sent."), "done")
    return _back_to(found)


@bp.post("/texts/<text>/decline")
@allow(Permission.ANSWER, _load_text)
def decline(found: TextOf) -> AnyResponse:
    """The mentor can't read it. No reason is asked."""
    form = DeclineForm()
    if not form.validate():
        return _text_page(found, form, 422)
    keys = keys_to_write(found.pair)
    try:
        actions.decline(found, signed_in().id, _latest(found), typed(form.word), keys)
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    else:
        flash(_("Said kindly: not this time."), "done")
    return _back_to(found)


@bp.post("/texts/<text>/later")
@allow(Permission.ANSWER, _load_text)
def later(found: TextOf) -> AnyResponse:
    """The mentor needs more time."""
    form = LaterForm()
    form.due_on.least = now().date()
    if not form.validate():
        return _text_page(found, form, 422)
    try:
        actions.later(found, signed_in().id, form.due_on.day)
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    else:
        flash(_("The new day is told."), "done")
    return _back_to(found)


@bp.post("/texts/<text>/done")
@allow(Permission.OWN, _load_text)
def finish(found: TextOf) -> AnyResponse:
    """The mentee has what she needs, or needs it no more."""
    if not Form().validate():
        abort(400)
    try:
        actions.finish(found, signed_in().id)
    except NotAllowed:
        flash(_("This has been settled meanwhile."), "info")
    else:
        taken_back = found.state is ReviewState.ASKED
        flash(_("Taken back.") if taken_back else _("Done. It stays here to read."), "done")
    return _back_to(found)


def _back_to(found: TextOf) -> AnyResponse:
    return redirect(url_for("goals.text", text=found.public_id), 303)


# --- Files ---------------------------------------------------------------------------------------


@bp.get("/text-files/<text_file>")
@allow(Permission.WORK, _load_file)
def open_file(found: FileOf) -> Response:
    """The file of a round, for the two of a pair."""
    try:
        content = reviews.content(found, keys_for(found.pair))
    except CannotOpen:
        abort(404)
    saw(found.pair)
    return download(content, found.kind, 1)


@bp.post("/text-files/<text_file>/remove")
@allow(Permission.OWN, _load_file)
def remove_file(found: FileOf) -> AnyResponse:
    """The mentee takes a file back, in any round."""
    if not Form().validate():
        abort(400)
    actions.remove_file(found)
    flash(_("File removed."), "done")
    return redirect(url_for("goals.text", text=found.text), 303)
