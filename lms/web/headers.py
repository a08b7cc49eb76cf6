"""What holds for every answer: its headers, HEAD as GET, what browsers say of a request's origin, compression."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from werkzeug.wsgi import ClosingIterator

from lms.core.files.web import SHUT_IN
from lms.core.settings import Settings

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HSTS = "max-age=31536000"
_WORTH_COMPRESSING = 600
_Headers = tuple[tuple[str, str], ...]
_EVERYWHERE: _Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_OF_A_PAGE: _Headers = (
    *_EVERYWHERE,
    ("Content-Security-Policy", CSP),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
# Stylesheet, script, icons, fonts and pictures are no documents and ask nobody but us; a first visit fetches five.
_OF_A_PART: _Headers = (*_EVERYWHERE, ("Content-Security-Policy", SHUT_IN))
_STAMPS = {"last-modified", "etag"}


def init_app(app: Flask, settings: Settings) -> None:
    """Answer to our names and our own pages only, and compress what is worth it."""
    onion = settings.onion_url.rstrip("/")
    # Who asks for a name that is not ours gets a bare 400: no page, no cookie, nothing to poison a cache with.
    app.config["TRUSTED_HOSTS"] = settings.trusted_hosts

    @app.before_request
    def refuse_other_sites() -> None:
        # Beside the token: where a browser says that a page of somebody else sent the form, it is not read.
        written = request.method not in {"GET", "HEAD", "OPTIONS"}
        if written and request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
            raise CSRFError("sent from another site")

    @app.after_request
    def add(response: Response) -> Response:
        if onion and response.status_code == 200 and not _is_onion():
            response.headers["Onion-Location"] = onion + quote(request.path)
        return _compressed(response)


def on_every_answer(app: Flask, settings: Settings) -> None:
    """Put the headers on whatever leaves: pages, files, pictures, refusals. What an answer says itself stays.

    HEAD gets what GET would get, without the body.
    """
    inner = app.wsgi_app
    over_tls = (("Strict-Transport-Security", HSTS),) if settings.https else ()

    def strict(environ: Any, start: Any) -> Any:
        only_head = environ["REQUEST_METHOD"] == "HEAD"
        if only_head:
            environ["REQUEST_METHOD"] = "GET"

        def start_strictly(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said = {name.lower(): value for name, value in headers}
            fixed = _OF_A_PAGE
            if "immutable" in said.get("cache-control", ""):
                fixed = _OF_A_PART
                # Its address changes with it, so nobody asks whether it is still the same.
                headers = [pair for pair in headers if pair[0].lower() not in _STAMPS]
            more = [pair for pair in fixed + over_tls if pair[0].lower() not in said]
            return start(status, headers + more, *error)

        body = inner(environ, start_strictly)
        return ClosingIterator((), getattr(body, "close", None)) if only_head else body

    app.wsgi_app = strict  # type: ignore[method-assign, assignment]


def _is_onion() -> bool:
    return request.host.partition(":")[0].endswith(".onion")


def _compressed(response: Response) -> Response:
    # Cookies are SameSite=Lax, so no foreign page can make the guesses that a compression oracle needs.
    if (
        response.mimetype != "text/html"
        or response.is_streamed
        or not request.accept_encodings["gzip"]
        or len(response.get_data()) < _WORTH_COMPRESSING
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
