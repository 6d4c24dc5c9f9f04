"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangerang_poverty.settings")
application = get_wsgi_application()

from tangerang_poverty.checks import refuse_sample_accounts  # noqa: E402  needs the apps to be loaded

refuse_sample_accounts()
