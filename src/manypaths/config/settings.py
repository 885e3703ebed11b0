"""All settings, from the environment only. `python -m manypaths.config settings` prints what each variable is for."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from manypaths.config.database import database_from_url
from manypaths.config.logs import LOGGING  # noqa: F401  read by Django
from manypaths.config.secrets import read_secret

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("MANYPATHS_VAR", Path.cwd() / "var")).resolve()
DEMO = os.environ.get("MANYPATHS_DEMO") == "1"
LOOPBACK_HTTP = os.environ.get("MANYPATHS_LOOPBACK_HTTP") == "1"
TESTING = os.environ.get("MANYPATHS_TESTING") == "1"

DEBUG = False
SECRET_KEY = read_secret("secret_key", VAR)
ALLOWED_HOSTS = os.environ.get("MANYPATHS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
KEYRING_FILE = Path(os.environ.get("MANYPATHS_KEYRING", VAR / "keys" / "keyring.json"))
KEY_FOLDER = Path(os.environ.get("MANYPATHS_KEY_FOLDER", VAR / "keys" / "holders"))
KEY_COMMAND = os.environ.get("MANYPATHS_KEY_COMMAND", "")
INDEX_DIR = Path(os.environ.get("MANYPATHS_INDEX_DIR", VAR / "index"))
FACTS_DIR = Path(os.environ.get("MANYPATHS_FACTS_DIR", VAR / "facts"))
AUDIT_KEY_FILE = Path(os.environ.get("MANYPATHS_AUDIT_KEY_FILE", VAR / "keys" / "audit_key"))
AUDIT_ANCHOR_FILE = Path(os.environ.get("MANYPATHS_AUDIT_ANCHOR", VAR / "audit-anchor.log"))
ERASURES_FILE = Path(os.environ.get("MANYPATHS_ERASURES", VAR / "erasures.log"))
STOPPED_FILE = Path(os.environ.get("MANYPATHS_STOPPED", VAR / "stopped.log"))
KEPT_AWAY_FILE = Path(os.environ.get("MANYPATHS_KEPT_AWAY", VAR / "kept-away.log"))
EMERGENCY_LOG_FILE = Path(os.environ.get("MANYPATHS_EMERGENCY_LOG", VAR / "emergency.log"))
SEALER_URL = os.environ.get("DATABASE_SEALER_URL", "")
MEASURES_URL = os.environ.get("DATABASE_MEASURES_URL", "")

ROLE = os.environ.get("MANYPATHS_ROLE", "app")
DATABASE_VARIABLES = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "measures": "DATABASE_MEASURES_URL"}


def _database() -> dict[str, Any]:
    """The connection of this process: requests as `app`, migrations as `owner`, the night as `measures`."""
    variable = DATABASE_VARIABLES.get(ROLE)
    if variable is None:
        raise ImproperlyConfigured(f"MANYPATHS_ROLE is {ROLE!r}. Use app, owner or measures.")
    return database_from_url(os.environ.get(variable, ""), variable)


DATABASES = {"default": _database()}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "manypaths.audit",
    "manypaths.vault",
    "manypaths.notices",
    "manypaths.accounts",
    "manypaths.network",
    "manypaths.directory",
    "manypaths.people",
    "manypaths.consent",
    "manypaths.plans",
    "manypaths.outcomes",
    "manypaths.support",
    "manypaths.referrals",
    "manypaths.indicators",
]
DOORS = [
    "manypaths.exchange",
    "manypaths.nightly",
    "manypaths.web.ui",
    "manypaths.web.public",
    "manypaths.web.entry",
    "manypaths.web.my",
    "manypaths.web.work",
    "manypaths.web.machine",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_cotton",
    "procrastinate.contrib.django",
    *ROOMS,
    *DOORS,
    "allauth",  # after our own: its Spanish does not speak over ours
    "allauth.account",
    "allauth.mfa",
    "manypaths.config.demo",
    "django.forms",  # last: our widget templates come before Django's
]

MIDDLEWARE = [
    "manypaths.web.ui.edge.Edge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "manypaths.web.ui.edge.Ways",
    "manypaths.web.entry.leaving.JustLeft",
    "manypaths.web.ui.transaction.OneTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "manypaths.web.ui.visitor.Visitor",
    "manypaths.web.ui.ways_out.OnlyDeclared",
    "manypaths.web.ui.once.Once",
]

ROOT_URLCONF = "manypaths.config.urls"
WSGI_APPLICATION = "manypaths.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["manypaths.web.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "manypaths.web.ui.display.display",
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "manypaths.web.ui.rendering.FormLook"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "entry:sign_in"
LOGIN_REDIRECT_URL = "entry:landing"
LOGOUT_REDIRECT_URL = "public:home"

SESSION_ENGINE = "manypaths.people.sessions"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_NAME = "sid" if LOOPBACK_HTTP else "__Host-sid"
SESSION_COOKIE_SECURE = not LOOPBACK_HTTP
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "manypaths.web.ui.errors.csrf_failed"
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not LOOPBACK_HTTP
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer sends "Origin: null", and then Django refuses every form
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not LOOPBACK_HTTP and not TESTING
SECURE_HSTS_SECONDS = 0 if LOOPBACK_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
X_FRAME_OPTIONS = "DENY"
PROXY_ON_THIS_MACHINE = "MANYPATHS_HOSTS" in os.environ  # with names of its own, what comes from loopback was passed on
if os.environ.get("MANYPATHS_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, Any] = {
    "camera": [],
    "microphone": [],
    "geolocation": "self",
    "payment": [],
    "usb": [],
    "browsing-topics": [],
    "publickey-credentials-get": "self",
    "publickey-credentials-create": "self",
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o600

# allauth keeps rate limits and replay guards here: shared by all processes, so they cannot be outrun.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # a full cache forgets at random, used codes too
    }
}
MFA_ADAPTER = "manypaths.accounts.factors.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOOPBACK_HTTP

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
FORMAT_MODULE_PATH = ["manypaths.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Without a mail server every e-mail stays in the outbox of the database, shown as kept here.
EMAIL_HOST = os.environ.get("MANYPATHS_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("MANYPATHS_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("MANYPATHS_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MANYPATHS_MAIL_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("MANYPATHS_MAIL_FROM", "messages@localhost")

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_USE_FINDERS = TESTING

SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # frame-ancestors 'none' in the policy above says it better
]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
