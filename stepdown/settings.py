"""All settings. The environment decides; the defaults run on a laptop.

Every ``STEPDOWN_*`` variable is listed in docs/guide/operate.md.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from csp.constants import NONE, SELF

from stepdown import environment

PACKAGE = Path(__file__).resolve().parent
DATA = environment.data(PACKAGE.parent / "var")


DEBUG = environment.yes_or_no("STEPDOWN_DEBUG", "no")
SECRET_KEY = environment.secret("STEPDOWN_SECRET_KEY", "web.key", DATA)
SECRET_KEY_FALLBACKS = environment.former_keys()
STEPDOWN_AUDIT_KEY = environment.secret("STEPDOWN_AUDIT_KEY", "audit.key", DATA)
STEPDOWN_RELEASE = "0.1.0"
STEPDOWN_DATA = DATA

ALLOWED_HOSTS = environment.hosts()
CSRF_TRUSTED_ORIGINS = environment.origins()
STEPDOWN_TLS = environment.tls()
_TLS = STEPDOWN_TLS != "no"
STEPDOWN_METRICS_TOKEN = environment.metrics_token()
environment.content()

DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{quote(str(DATA / 'stepdown.sqlite3'))}")
DATABASES = {"default": environment.database(DATABASE_URL)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")

# On SQLite the log of reads is a file of its own: looking never waits for writing, nor for the
# disk. A loss of power may take its last moments, never a whole and never the order.
ACCESS_ALIAS = "default"
if SQLITE and environment.one_of("STEPDOWN_ACCESS_LOG", "apart", "apart", "same") == "apart":
    ACCESS_ALIAS = "access"
    DATABASES["access"] = environment.database(
        f"{DATABASE_URL.removesuffix('.sqlite3')}-access.sqlite3", synchronous="NORMAL"
    )
DATABASE_ROUTERS = ["stepdown.records.routing.Router"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "template_partials",
    "csp",
    "stepdown.web",  # before allauth: its pages are drawn with our templates
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "stepdown.records",
    "stepdown.care.board",
    "stepdown.care.chart",
    "stepdown.care.observing",
    "stepdown.care.handing",
    "stepdown.care.admissions",
    "stepdown.care.fluids",
    "stepdown.care.rounds",
    "stepdown.care.facility",
    "stepdown.care.finding",
    "stepdown.reports",
    "stepdown.operate",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stepdown.web.telling.TellingMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stepdown.web.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "stepdown.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "stepdown.urls"
WSGI_APPLICATION = "stepdown.wsgi.application"
_FOLDED = ("stepdown.web.folding.Loader", ["django.template.loaders.app_directories.Loader"])
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [_FOLDED])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "stepdown.web.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

FORM_RENDERER = "stepdown.web.forms.Renderer"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # another one once its translation is there and was reviewed
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
MEDIA_ROOT = DATA / "attachments"

# --- accounts -------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "choose_role"
ACCOUNT_ADAPTER = "stepdown.web.accounts.ClosedAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # django-axes counts failures in the database, across workers.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "stepdown.web.second_factor.SealedAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = False  # by address, and a whole ward may share one; django-axes counts
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is both factors: held, and unlocked
CSRF_FAILURE_VIEW = "stepdown.web.errors.csrf_failure"
MFA_TOTP_ISSUER = "Stepdown"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "stepdown.web.accounts.counted_name"
AXES_LOCKOUT_CALLABLE = "stepdown.web.accounts.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password", "code", "kept"]

SESSION_ENGINE = "stepdown.web.sessions"
MESSAGE_STORAGE = "stepdown.web.said.Storage"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _TLS
CSRF_COOKIE_SECURE = _TLS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
SECURE_SSL_REDIRECT = _TLS
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if STEPDOWN_TLS == "yes" else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 0

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

STEPDOWN_LOG = environment.one_of("STEPDOWN_LOG", "info", "info", "warning", "error")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "stepdown.web.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "stepdown": {"level": STEPDOWN_LOG.upper()},
        # Django's own lines hold addresses with ids; each request has one line of ours.
        "django": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
