"""The one place that knows every room: the list of rooms, the factory, the house's own commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, abort, request
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import BaseConverter

from lms.accounts import discreet, signin
from lms.accounts.room import ROOM as ACCOUNTS
from lms.accounts.views import ask_again, ask_to_sign_in
from lms.assessment.room import ROOM as ASSESSMENT
from lms.audit.room import ROOM as AUDIT
from lms.backup.room import ROOM as BACKUP
from lms.certificates.room import ROOM as CERTIFICATES
from lms.circles.room import ROOM as CIRCLES
from lms.cli import COMMANDS
from lms.cohorts.room import ROOM as COHORTS
from lms.core import db as data
from lms.core import i18n, jobs, keys, log, once, policy, room
from lms.core.files import web as files
from lms.core.policy import SignInNeeded, StepUpNeeded
from lms.core.settings import Settings
from lms.core.text import is_clean
from lms.courses.room import ROOM as COURSES
from lms.demo.cli import group as demo
from lms.goals.room import ROOM as GOALS
from lms.importers.room import ROOM as IMPORTERS
from lms.journal.room import ROOM as JOURNAL
from lms.learning.room import ROOM as LEARNING
from lms.meetings.room import ROOM as MEETINGS
from lms.mentoring.room import ROOM as MENTORING
from lms.messaging.room import ROOM as MESSAGING
from lms.privacy.room import ROOM as PRIVACY
from lms.programmes.room import ROOM as PROGRAMMES
from lms.recognition.room import ROOM as RECOGNITION
from lms.reports.room import ROOM as REPORTS
from lms.safeguarding.room import ROOM as SAFEGUARDING
from lms.support.room import ROOM as SUPPORT
from lms.web import errors, forms, gate, headers, request_log, static_files, templating
from lms.web.room import ROOM as WEB
from lms.workbench.room import ROOM as WORKBENCH

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    WEB,
    ACCOUNTS,
    AUDIT,
    PRIVACY,
    MESSAGING,
    COURSES,
    ASSESSMENT,
    LEARNING,
    COHORTS,
    SAFEGUARDING,
    PROGRAMMES,
    MENTORING,
    MEETINGS,
    GOALS,
    JOURNAL,
    SUPPORT,
    CIRCLES,
    WORKBENCH,
    CERTIFICATES,
    RECOGNITION,
    REPORTS,
    IMPORTERS,
    BACKUP,
)
LARGEST_REQUEST = 2 * 1024 * 1024


class Language(BaseConverter):
    """The first part of an address: one of our languages, and nothing else."""

    regex = "|".join(i18n.LANGUAGES)


def create_app(settings: Settings) -> Flask:
    """Build the application of an instance. Raises what stops a start: bad settings, keys, or verdicts."""
    app = Flask(
        "lms", root_path=str(ROOT / "lms"), static_folder=None, template_folder="web/templates"
    )
    found = keys.load(settings.keys)
    settings.data.mkdir(parents=True, exist_ok=True)
    log.configure(settings.log_level)
    app.config.update(
        SECRET_KEY=found.secret,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no referrer, so a token is all that a form can show over TLS.
        WTF_CSRF_SSL_STRICT=False,
        TRANSLATIONS=ROOT / "translations",
        COURSES=ROOT / "courses",
    )
    app.extensions["settings"] = settings
    app.extensions["keys"] = found
    # For a second one beside it: copies are tried out in an application of their own.
    app.extensions["create_app"] = create_app
    _language_in_addresses(app)
    data.init_app(app, settings)
    files.init_app(app, settings)
    once.init_app(app, found)
    CSRFProtect(app)
    i18n.init_app(app)
    signin.init_app(app, settings)
    policy.identify_by(signin.identify)
    templating.init_app(app)
    forms.init_app(app)
    headers.init_app(app, settings)
    request_log.init_app(app)
    static_files.init_app(app)
    headers.on_every_answer(app, settings)
    errors.init_app(app)
    gate.init_app(app)
    discreet.init_app(app)
    app.register_error_handler(SignInNeeded, ask_to_sign_in)
    app.register_error_handler(StepUpNeeded, ask_again)
    Migrate(app, data.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.extensions["huey"] = jobs.make_huey(app, settings)
    room.furnish(app, ROOMS)
    for command in (*COMMANDS, demo):
        app.cli.add_command(command)
    policy.require_verdicts(app)
    return app


def _language_in_addresses(app: Flask) -> None:
    app.url_map.converters["lang"] = Language

    @app.url_value_preprocessor
    def take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        # An address that leads nowhere still says which language its reader wants.
        first = request.path.split("/", 2)[1]
        written = first if first in i18n.LANGUAGES else i18n.DEFAULT
        i18n.speak(values.pop("lang", written) if values else written)
        # A NUL in an address would be an error of PostgreSQL; nothing of ours has an invisible character.
        if not all(is_clean(part) for part in (values or {}).values() if isinstance(part, str)):
            abort(404)

    @app.url_defaults
    def give(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = i18n.language()
