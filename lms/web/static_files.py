"""Static files under one address that changes with their content, so a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).parent / "static"


def init_app(app: Flask) -> None:
    """Serve the folder, precompressed files first, and give templates `static(name)`."""
    root = f"/static/{_digest()}/"
    served: Any = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=lambda _path, url: url.startswith(root),
        # Nobody else's page needs them.
        allow_all_origins=False,
    )
    served.add_files(str(FOLDER), prefix=root)
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["static"] = lambda name: root + name


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix not in {".br", ".gz"}:
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
