"""What the pages of accounts share: their blueprints, and what is carried over a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, redirect, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import actions, leaving, queries, signin
from lms.accounts.factors import passkeys
from lms.accounts.forms import SecondForm
from lms.core import room
from lms.core.clock import now
from lms.core.i18n import format_time
from lms.core.i18n import gettext as _
from lms.core.policy import Actor
from lms.core.room import Slot
from lms.core.settings import Settings
from lms.web.forms import ReplayForm, safe_fields, typed_text
from lms.web.page import page

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>", template_folder="../templates")
site = Blueprint("leaving", __name__)

REPLAY = "replay:"
ONWARD = "onward"  # where somebody who has just joined goes after step two

# Where a kind of person begins, asked in order; None: not hers to say.
FIRST_PAGES: Slot[Callable[[Actor], str | None]] = Slot()


def wait_message(until: datetime) -> str:
    """When the next try is allowed, in the instance's time zone."""
    return _("Too many tries. Next one at %(time)s.", time=format_time(until, settings().time_zone))


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody was about to do when she was asked who she is. It travels in the page only."""

    next: str = ""
    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def carried(cls) -> Errand:
        """The errand that stands in the hidden fields of the form that was sent."""
        return cls(_local("next"), action := _local(REPLAY), _replayed() if action else ())

    @classmethod
    def interrupted(cls) -> Errand:
        """The present request as an errand: where it went, and the text that it carries."""
        address = request.full_path.rstrip("?")
        if request.method == "GET":
            return cls(next=address)
        return (
            cls(action=address, fields=tuple(safe_fields(request.form))) if typed_text() else cls()
        )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The hidden fields that carry it on."""
        ways = [("next", self.next), (REPLAY, self.action)]
        return [way for way in ways if way[1]] + [(REPLAY + n, v) for n, v in self.fields]


def _replayed() -> tuple[tuple[str, str], ...]:
    names = [name for name in request.form if name.startswith(REPLAY) and name != REPLAY]
    return tuple(
        (name.removeprefix(REPLAY), value) for name in names for value in request.form.getlist(name)
    )


def _local(name: str) -> str:
    address = request.values.get(name, "")
    # A tab or a line break would go on its way to the browser, and what is left may be another host's.
    ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours and address.isprintable() else ""


def enter(errand: Errand) -> AnyResponse:
    """Go on after the passphrase, or the second factor: to what is still asked of her, or where she wanted."""
    found = signin.found()
    if found is None and (back := leaving.way_back(now())):
        return redirect(back, 303)
    if found is None or found.half_way:
        return second_step(errand)
    actions.arrived(found.person_id)
    return go_on(errand, found.person_id)


def second_step(errand: Errand) -> AnyResponse:
    """The page of the second step, where the errand waits."""
    if errand.action:
        return second_page(SecondForm(formdata=None), 401, errand)
    return redirect(url_for("accounts.second", next=errand.next or None), 303)


def second_page(
    form: SecondForm, status: int = 200, errand: Errand | None = None, *, keep: bool = False
) -> Response:
    """The page that asks for a second factor."""
    found = signin.half_way()
    options, challenge = passkeys.to_ask(queries.by_id(found.person_id)) if found else ("", "")
    facts = {"errand": errand or Errand.carried(), "options": options, "challenge": challenge}
    return page("accounts/second.html", status, keep=keep, form=form, **facts)


def go_on(errand: Errand, person_id: int) -> AnyResponse:
    """Who she is is known: offer what she typed once more, or go where she wanted."""
    if errand.action:
        form = ReplayForm.of_request(errand.action, MultiDict(errand.fields))
        return page("accounts/resume.html", keep=True, replay=form)
    return redirect(onward(person_id), 303)


def onward(person_id: int) -> str:
    """Where to go after signing in. What a guest wanted ("Done" on a lesson) is done in this transaction."""
    kind, value = session.pop("kept", ("", ""))
    return room.carry_over(person_id, kind, value) or _local("next") or first_page()


def first_page() -> str:
    """Where somebody begins who wanted nothing in particular: home, or what a room above has for her."""
    person, home = signin.identify(), url_for("web.home")
    if person is None or person.discreet:
        return home
    return next((found for begin in FIRST_PAGES if (found := begin(person))), home)


def settings() -> Settings:
    """The settings of the instance."""
    found: Settings = current_app.extensions["settings"]
    return found
