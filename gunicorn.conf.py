"""How the web server runs, wherever it is started from this folder: `gunicorn wsgi:app`."""

import gc
from typing import Any

worker_class = "gthread"
# More threads than one only fight over the interpreter (`docs/performance.md`); add workers instead.
threads = 1
workers = 2
# The application is loaded once; workers share what they do not change.
preload_app = True


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the collector off what is there already: it would copy every page of it into each worker."""
    gc.collect()
    gc.freeze()
