"""One line a request for operators: which kind of page, how it ended, how long it took. Never who."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from lms.core.db import statements
from lms.core.log import log


def init_app(app: Flask) -> None:
    """Time every request and write its line. The endpoint names the page; the address would name a person."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        log.info(
            "request",
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            ms=took,
            statements=statements(),
        )
        return response
