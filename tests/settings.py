"""Settings of the suite: a cheap password hasher, keys that protect nothing, files in a temporary folder."""

from __future__ import annotations

import atexit
import base64
import os
import tempfile

os.environ["BERDIKARI_MODE"] = "test"
os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["FIELD_KEY"] = base64.urlsafe_b64encode(bytes(range(64))).decode()
os.environ.setdefault("DATABASE_URL", "postgres:///berdikari")  # `make test` sets it to its private server
# Each process of the suite (pytest-xdist starts several) has its own files; removed when that process ends.
_folder = tempfile.TemporaryDirectory(prefix="berdikari-test-")
atexit.register(_folder.cleanup)
os.environ["BERDIKARI_DATA"] = _folder.name

from tangerang_poverty.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # static files straight from the source folders, without collectstatic
WHITENOISE_USE_FINDERS = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
        "QUEUES": ["default", "import"],
    }
}
