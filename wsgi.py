"""What a web server loads: `gunicorn wsgi:app`."""

from config import settings
from lms.app import create_app

app = create_app(settings)
