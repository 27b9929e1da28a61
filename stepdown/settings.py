"""All settings. The environment decides; the defaults run on a laptop.

Every ``STEPDOWN_*`` variable is listed in docs/guide/operate.md.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from csp.constants import NONE, SELF

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("STEPDOWN_DATA", PACKAGE.parent / "var")).resolve()


def _database(url: str, *, synchronous: str = "FULL") -> dict[str, Any]:
    """One Django database from a URL: ``sqlite:///path`` or ``postgres://user:pw@host/name``.

    ``synchronous`` is for SQLite: FULL waits for the disk at each commit.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};"
                    " PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "OPTIONS": _postgres_options(parts.query),
        }
    raise ValueError(
        f"DATABASE_URL begins with {parts.scheme!r}. Use sqlite:///path/to/file "
        "or postgres://user:password@host:port/name."
    )


def _postgres_options(query: str) -> dict[str, Any]:
    """What the URL says after "?". A statement met a second time is not planned again.

    Behind a pooler that cannot keep plans, ``prepare_threshold=`` (nothing) turns that off.
    """
    options: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    threshold = options.pop("prepare_threshold", "1")
    return options | {
        "server_side_binding": True,
        "prepare_threshold": int(threshold) if threshold else None,
    }


def _truth(name: str, default: str) -> bool:
    """A yes/no environment variable; anything else is answered with a sentence."""
    value = os.environ.get(name, default).strip().lower()
    if value not in {"1", "0", "yes", "no", "true", "false"}:
        raise ValueError(f"{name} is {value!r}. Set it to yes or no.")
    return value in {"1", "yes", "true"}


SHORTEST_SECRET = 16


def _secret(name: str, file: str) -> str:
    """A secret from the environment, else from a private file made on first use.

    The file lies beside, never inside, the database: whoever can alter rows
    cannot also re-seal the audit chain.
    """
    if name in os.environ:
        if len(os.environ[name]) < SHORTEST_SECRET:
            raise ValueError(
                f"{name} has {len(os.environ[name])} characters. Give it at least "
                f"{SHORTEST_SECRET}, or leave it out and one is made."
            )
        return os.environ[name]
    path = DATA / "keys" / file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_name(f"{file}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        # Linked only when whole: two processes that start together read the same one.
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text().strip()


DEBUG = _truth("STEPDOWN_DEBUG", "no")
SECRET_KEY = _secret("STEPDOWN_SECRET_KEY", "web.key")
STEPDOWN_AUDIT_KEY = _secret("STEPDOWN_AUDIT_KEY", "audit.key")
STEPDOWN_RELEASE = "0.1.0"
STEPDOWN_DATA = DATA

ALLOWED_HOSTS = os.environ.get("STEPDOWN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("STEPDOWN_ORIGINS", "").split(",") if o]
_TLS = _truth("STEPDOWN_TLS", "no")

DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{quote(str(DATA / 'stepdown.sqlite3'))}")
DATABASES = {"default": _database(DATABASE_URL)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")

# On SQLite the log of reads is a file of its own: looking never waits for writing, nor for the
# disk. A loss of power may take its last moments, never a whole and never the order.
ACCESS_ALIAS = "default"
if SQLITE and os.environ.get("STEPDOWN_ACCESS_LOG") != "same":
    ACCESS_ALIAS = "access"
    DATABASES["access"] = _database(
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
    "stepdown.care.admissions",
    "stepdown.care.facility",
    "stepdown.reports",
    "stepdown.operate",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
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
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"stepdown": {"level": "INFO"}},
}
