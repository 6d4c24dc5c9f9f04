"""Settings, all from the environment; `make run` and `make test` set what they need themselves.

DATABASE_URL, SECRET_KEY, FIELD_KEY (base64, 64 bytes) and ALLOWED_HOSTS are required unless BERDIKARI_MODE=trial.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("BERDIKARI_DATA", BASE_DIR / "var"))

# "production" is the default so that a forgotten variable fails closed; "trial" is `make run`, tests set "test".
MODE = os.environ.get("BERDIKARI_MODE", "production")
PRODUCTION = MODE == "production"
DEBUG = False


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. See docs/operations.md.")
    return value


SECRET_KEY = _required("SECRET_KEY")
FIELD_KEY = _required("FIELD_KEY")
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "tangerang_poverty.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "tangerang_poverty.apps.BackofficeAdminConfig",
    "pgtrigger",
    "pghistory",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "tangerang_poverty.kit",
    "tangerang_poverty.areas",
    "tangerang_poverty.audit",
    "tangerang_poverty.privacy",
    "tangerang_poverty.dashboard",
    "households",
    "trainings",
    "kub",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tangerang_poverty.accounts.sessions.session_limits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "tangerang_poverty.urls"
WSGI_APPLICATION = "tangerang_poverty.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tangerang_poverty.kit.context.page",
                "households.context.sample",
            ],
            "builtins": ["tangerang_poverty.kit.templatetags.ui", "django.templatetags.static"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(_required("DATABASE_URL"), conn_max_age=600, conn_health_checks=True)
}
# Compiling a query costs PostgreSQL up to two seconds here, more than running any of ours.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that every web process counts the same failed sign-ins; its table comes with the migrations.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # the usual 300 would forget a lockout under attack
    }
}

# Sign-in
AUTH_USER_MODEL = "accounts.User"
# Allauth's stands on Django's own; with both, a failed sign-in would cost two password hashes.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "tangerang_poverty.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "tangerang_poverty.accounts.passwords.NotCommon"},
    {"NAME": "tangerang_poverty.accounts.passwords.NotOnlyDigits"},
    {
        "NAME": "tangerang_poverty.accounts.passwords.NotTheName",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tangerang_poverty.accounts.adapter.AccountAdapter"  # nobody signs up; accounts are given
# An office behind one router has one address: on a morning all sign in from it, and some mistype. What protects an
# account is the limit for its name (key).
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "40/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "tangerang_poverty.accounts.forms.LoginForm",
    "reauthenticate": "tangerang_poverty.accounts.forms.ReauthenticateForm",
    "change_password": "tangerang_poverty.accounts.forms.ChangePasswordForm",
}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Berdikari"
MFA_FORMS = {
    "authenticate": "tangerang_poverty.accounts.forms.CodeForm",
    "reauthenticate": "tangerang_poverty.accounts.forms.CodeAgainForm",
    "activate_totp": "tangerang_poverty.accounts.forms.FirstCodeForm",
}
SESSION_COOKIE_AGE = 60 * 60 * int(os.environ.get("SESSION_HOURS", "8"))  # since sign-in, however busy
SESSION_IDLE_AGE = 60 * int(os.environ.get("SESSION_IDLE_MINUTES", "120"))  # since the last page
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))  # whose X-Forwarded-For is believed
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = (
    "django.contrib.messages.storage.session.SessionStorage"  # a new password goes into no cookie
)

# Language, place and time
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia")]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "files"  # uploads and exports: never served by URL, only through a guarded view
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the attendance of a cohort: a field for each person and session

# Tasks
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "import"]}}

# Pages
# (label, URL name, permission that opens it, beginning of the paths that belong to it)
NAVIGATION = (
    ("Dasbor", "dashboard:home", "accounts.view_dashboard", "/"),
    ("Keluarga", "households:list", "accounts.view_households", "/keluarga/"),
    ("Pelatihan", "trainings:home", "accounts.view_trainings", "/pelatihan/"),
    ("KUB & hibah", "kub:home", "accounts.view_groups", "/kub/"),
    ("Mutu data", "households:quality", "accounts.view_quality", "/keluarga/mutu/"),
    ("Gelombang", "households:waves", "accounts.view_imports", "/gelombang/"),
    ("Pengelolaan", "admin:index", "accounts.use_backoffice", "/pengelolaan/"),
)
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^sehat/$"]  # asked by the machine itself, without TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Where the QR code of a certificate leads to; without it, to where the page is that the certificate was asked from.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")

# Rules of the office that another office may set otherwise
IMPORT_SAME_PERSON_MAY_APPLY = os.environ.get("IMPORT_SAME_PERSON_MAY_APPLY", "") == "1"
IMPORT_MAX_UPLOAD_BYTES = 200 * 1024 * 1024
IMPORT_MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
CITY_CODE = "36.71"
# The region code of local people's NIK; the invented people of the sample have one that no living person has.
HOME_NIK_PREFIX = "9971" if MODE == "trial" else "3671"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "tangerang_poverty.kit.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"berdikari": {"level": "INFO"}},
}
