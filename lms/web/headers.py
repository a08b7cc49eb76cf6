"""Security headers on every answer, what browsers say of a request's origin, and compression of pages."""

from __future__ import annotations

import gzip
from urllib.parse import quote

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError

from lms.core.settings import Settings

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HSTS = "max-age=31536000"
_WORTH_COMPRESSING = 600


def init_app(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer of the application."""
    fixed = {
        "Content-Security-Policy": CSP,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.https:
        fixed["Strict-Transport-Security"] = HSTS

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
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if onion and response.status_code == 200 and not _is_onion():
            response.headers["Onion-Location"] = onion + quote(request.path)
        return _compressed(response)


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
