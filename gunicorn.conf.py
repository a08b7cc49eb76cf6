"""How the web server runs, wherever it is started from this folder: `gunicorn wsgi:app`."""

import gc
import os
from typing import Any

worker_class = "gthread"
# More threads than one only fight over the interpreter (`docs/performance.md`); add workers instead.
threads = 1
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# The application is loaded once; workers share what they do not change. New code needs a restart: a reload
# (HUP) only begins new workers of the code that is loaded.
preload_app = True


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the collector off what is there already: it would copy every page of it into each worker."""
    gc.collect()
    gc.freeze()
