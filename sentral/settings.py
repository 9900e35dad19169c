"""All settings of SENTRAL, read from the environment. `.env.example` explains each variable.

Outside development and test a missing secret stops the start; nothing falls back to a guess.
"""

import base64
import sys
from ipaddress import ip_network
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env", overwrite=False)

ENVIRONMENT = env.str("SENTRAL_ENV", default="production")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured(f"SENTRAL_ENV={ENVIRONMENT}: pilih development, test atau production.")
TESTING = ENVIRONMENT == "test"
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False  # never: a traceback page shows a citizen's row to whoever made the error


def secret(name: str, *, insecure: str) -> str:
    """Return a secret from the environment; outside production `insecure` will do."""
    value = env.str(name, default="" if PRODUCTION else insecure)
    if not value:
        raise ImproperlyConfigured(f"{name} belum diisi. Isi di lingkungan atau di berkas .env.")
    return value


SECRET_KEY = secret("SECRET_KEY", insecure="hanya-untuk-mencoba-jangan-dipakai-di-kantor")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Proxies whose word about the visitor's address counts.
PROXIES = [ip_network(text.strip()) for text in env.list("SENTRAL_PROXY", default=[]) if text.strip()]

# --- Data ---------------------------------------------------------------------------------------

# Three roles on one database (docs/decisions/0003-row-level-security.md): the owner migrates, the
# app role serves and owns nothing, the loader fills staging tables.
DB_URL_OF_ROLE = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "loader": "DATABASE_LOADER_URL",
}
DB_ROLE = env.str("SENTRAL_DB_ROLE", default="app")


def database(role: str) -> dict:
    """Return the Django database settings of one role; the socket folder may stand in `?host=`."""
    config = env.db(DB_URL_OF_ROLE[role], engine="django.contrib.gis.db.backends.postgis")
    options = config.setdefault("OPTIONS", {})
    config["HOST"] = options.pop("host", config.get("HOST", ""))
    config["CONN_MAX_AGE"] = 300
    config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database(DB_ROLE)}
LOADER_DATABASE = database("loader") if env.str("DATABASE_LOADER_URL", default="") else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = env.str("GDAL_LIBRARY_PATH", default=None)
GEOS_LIBRARY_PATH = env.str("GEOS_LIBRARY_PATH", default=None)
# GDAL below 3.9 opens files and URLs that an SRS text or a GeoJSON `crs` names (CVE-2026-114582,
# CVE-2026-111362). Nothing here builds a SpatialReference or OGRGeometry from a user's text.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

# Uploads and reject workbooks: full NIK inside, never below a web root.
DATA_DIR = Path(env.str("SENTRAL_DATA", default=str(BASE_DIR / ".local" / "data")))
FILE_UPLOAD_HANDLERS = ["jobs.files.TidyUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env.str("SENTRAL_UPLOAD_TMP", default=None)
MAX_UPLOAD_BYTES = 512 * 1024 * 1024
# An export of more people than this needs a second person's yes; its file is deleted after so many days.
EKSPOR_TANPA_SETUJU = env.int("SENTRAL_EKSPOR_TANPA_SETUJU", default=1000)
# An import that changes or takes off more than this share of what is on the list needs a second person, in per cent.
IMPOR_SETUJU_PERSEN = env.int("SENTRAL_IMPOR_SETUJU_PERSEN", default=20)
EKSPOR_HARI = env.int("SENTRAL_EKSPOR_HARI", default=7)

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "sentral",
    "verval",
    "padan",
    "pmks",
    "psks",
    "kpm",
    "jobs",
    "access",
    "spatial",
    "unfold",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django_vite",
    "import_export",
    "leaflet",
    "pgtrigger",
    "pghistory",
    "rest_framework",
]

MIDDLEWARE = [
    "sentral.sehat.DoorbellMiddleware",  # first: it asks no session and knows no host
    "sentral.proxy.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "access.middleware.AdminPolicyMiddleware",  # inside CSPMiddleware, or it does nothing
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.middleware.SessionLimitMiddleware",  # before anything works for a session that is over
    "access.middleware.TerritoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "access.middleware.PrivatePageMiddleware",
    "access.middleware.ChangePasswordFirstMiddleware",
    "access.middleware.SecondFactorMiddleware",  # after a password that has to be changed
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "sentral.urls"
WSGI_APPLICATION = "sentral.wsgi.application"

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
                "sentral.context.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Language ------------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Who may -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "access.validators.NotLikeYourself"},
    {"NAME": "access.validators.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "access.validators.NotCommon"},
    {"NAME": "access.validators.NotOnlyDigits"},
]
FIRST_PASSWORD_DAYS = env.int("SENTRAL_FIRST_PASSWORD_DAYS", default=30)
SLIP_DAYS = env.int("SENTRAL_SLIP_DAYS", default=7)
# The address printed on slips, when it is not the one the server is reached by first.
SITE_URL = env.str("SENTRAL_SITE_URL", default="")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "access.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # or anybody has SENTRAL write to anybody
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[SENTRAL] "
# One kind of mail is sent: the way to a new password, for who has an office address. Without a server, none.
MAIL_URL = env.str("SENTRAL_MAIL_URL", default="")
MAIL = env.email_url_config(MAIL_URL or "dummymail://")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_BACKEND"], MAIL["EMAIL_HOST"], MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"], MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5
PASSWORD_RESET_TIMEOUT = 3600
DEFAULT_FROM_EMAIL = env.str("SENTRAL_MAIL_FROM", default="sentral@localhost")
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "access.forms.LoginForm",
    "change_password": "access.forms.ChangePasswordForm",
    "reauthenticate": "access.forms.ReauthenticateForm",
}
# Failures are counted by axes in PostgreSQL: a flushed or absent Redis opens no door.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
# More than this by one user in one day (Jakarta), counted in persons, warns the auditor (access/volume.py).
AMBANG_VOLUME = {
    "lihat": env.int("SENTRAL_AMBANG_LIHAT", default=500),
    "daftar": env.int("SENTRAL_AMBANG_DAFTAR", default=2000),
    "buka": env.int("SENTRAL_AMBANG_BUKA", default=50),
}
# Thresholds of a match (padan/mesin/): shares of 1, and bits of evidence. Each run notes those it used.
PADAN_AMBANG = {
    "nama": env.float("SENTRAL_PADAN_NAMA", default=0.90),
    "kuat": env.float("SENTRAL_PADAN_KUAT", default=0.90),
    "calon": env.float("SENTRAL_PADAN_CALON", default=0.30),
    "pribadi": env.float("SENTRAL_PADAN_PRIBADI", default=12.0),
    "jarak": env.float("SENTRAL_PADAN_JARAK", default=3.0),
}
# Seals the trail (access/segel.py). Of its own, so that SECRET_KEY can be changed without breaking old seals.
SEGEL_KEY = env.str("SENTRAL_SEGEL_KEY", default="") or SECRET_KEY
BATAS_BUKA = env.int("SENTRAL_BATAS_BUKA", default=200)  # beyond it NIK and No. KK stay closed until tomorrow
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = "access.factor.lockout_parameters"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential"]  # kept out of its tables
AXES_USERNAME_CALLABLE = "access.forms.login_name"
AXES_LOCKOUT_CALLABLE = "access.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = True

# The second factor (docs/decisions/0011-second-factor.md).
SECOND_FACTOR = env.bool("SENTRAL_SECOND_FACTOR", default=PRODUCTION)
FACTOR_KEYS = [
    key.strip()
    for key in secret("SENTRAL_FACTOR_KEYS", insecure="aGFueWEtdW50dWstbWVuY29iYS1qYW5nYW4tcGFrYWk=").split(
        ","
    )
]
for key in FACTOR_KEYS:
    try:
        right = len(base64.urlsafe_b64decode(key)) == 32
    except ValueError:
        right = False
    if not right:
        raise ImproperlyConfigured(
            "SENTRAL_FACTOR_KEYS: tiap kunci 32 byte dalam base64 (lihat .env.example)."
        )
MFA_ADAPTER = "access.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SENTRAL"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: the clock of a phone is never quite right
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are made by the Dinas, addresses are not verified here
MFA_FORMS = {
    "authenticate": "access.forms_factor.AuthenticateForm",
    "authenticate_webauthn": "access.forms_factor.AuthenticateWebAuthnForm",
    "reauthenticate": "access.forms_factor.ReauthenticateForm",
    "reauthenticate_webauthn": "access.forms_factor.ReauthenticateWebAuthnForm",
    "login_webauthn": "access.forms_factor.LoginWebAuthnForm",
    "activate_totp": "access.forms_factor.ActivateTOTPForm",
    "add_webauthn": "access.forms_factor.AddWebAuthnForm",
    "edit_webauthn": "access.forms_factor.EditWebAuthnForm",
}

# A session ends SESSION_HOURS after the log-in whatever happens, and after SESSION_IDLE_HOURS
# without a request. Below a prefix of SESSION_IDLE_HOURS_BELOW another idle limit holds.
SESSION_HOURS = env.float("SENTRAL_SESSION_HOURS", default=12)
SESSION_IDLE_HOURS = env.float("SENTRAL_SESSION_IDLE_HOURS", default=3)
SESSION_IDLE_HOURS_BELOW: dict[str, float] = {}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(SESSION_HOURS * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:  # browsers take a __Host- cookie from this very host over https only
    SESSION_COOKIE_NAME = "__Host-sentral_sesi"
    CSRF_COOKIE_NAME = "__Host-sentral_csrf"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sentral.views.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SENTRAL_HTTPS", default=True)
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None

BASEMAP_URL = env.str("SENTRAL_BASEMAP_URL", default="")
BASEMAP_ORIGIN = ["/".join(BASEMAP_URL.split("/")[:3])] if BASEMAP_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *BASEMAP_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Long work -----------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for a night
CELERY_TASK_TIME_LIMIT = 2 * 3600  # the last net: a job stops itself earlier (TaskKind.minutes)
CELERY_TIMEZONE = TIME_ZONE
# A job longer than this would be handed out twice; the claim in PostgreSQL refuses the second.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 12 * 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
}
CELERY_TASK_PUBLISH_RETRY = False  # the sweeper re-queues; a page never waits for Redis
CELERY_BEAT_SCHEDULE = {
    "hapus-batas": {"task": "batas.delete_expired", "schedule": 3600.0},
    "hapus-slip": {"task": "akun.delete_expired", "schedule": 3600.0},
    "keluarkan-yang-selesai": {"task": "akun.end_idle_sessions", "schedule": crontab(hour=0, minute=5)},
    # One that waited behind long imports is not worth running any more: the next one is there.
    "sweep": {"task": "jobs.sweep", "schedule": 30.0, "options": {"expires": 25}},
    "hapus-kedaluwarsa": {"task": "kpm.delete_expired_rejects", "schedule": 3600.0},
    "segel-jejak": {"task": "access.seal_jejak", "schedule": 600.0},
    "cari-data-ganda": {"task": "kpm.refresh_ganda", "schedule": 60.0, "options": {"expires": 55}},
    "hitung-rekap": {"task": "kpm.refresh_rekap", "schedule": 300.0, "options": {"expires": 290}},
    "hapus-ekstrak": {"task": "padan.purge_ekstrak", "schedule": 3600.0},
    "rapikan-ekspor": {"task": "jobs.tidy_ekspor", "schedule": 3600.0},
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# How long counts over a large territory are kept (kpm/remembered.py); a test asks anew each time.
REMEMBER_SECONDS = 0 if TESTING else 60

# --- Files to the browser --------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("SENTRAL_STATIC_ROOT", default=str(BASE_DIR / ".local" / "static")))
VITE_DIR = BASE_DIR / "frontend_dist"
STATICFILES_DIRS = [BASE_DIR / "static", ("vite", VITE_DIR)]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR)},
    },
    "staticfiles": {
        "BACKEND": "sentral.static_storage.StaticStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "vite",
        "manifest_path": VITE_DIR / "manifest.json",
    }
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION

LEAFLET_CONFIG = {"TILES": [], "DEFAULT_CENTER": (-2.4, 106.9), "DEFAULT_ZOOM": 8}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
# The office's one accent (frontend/styles/tokens.css) in unfold's eleven steps.
ACCENT = {
    "50": "oklch(97.5% .01 205)",
    "100": "oklch(94% .02 205)",
    "200": "oklch(88% .035 205)",
    "300": "oklch(79% .05 205)",
    "400": "oklch(66% .065 205)",
    "500": "oklch(55% .07 205)",
    "600": "oklch(44% .066 205)",
    "700": "oklch(37% .055 205)",
    "800": "oklch(31% .045 205)",
    "900": "oklch(26% .035 205)",
    "950": "oklch(20% .025 205)",
}
UNFOLD = {
    "SITE_TITLE": "SENTRAL",
    "SITE_HEADER": "SENTRAL",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "COLORS": {"primary": ACCENT},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "sentral.logs.ScrubbingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("SENTRAL_LOG", default="INFO")},
    "loggers": {
        "axes": {"level": "ERROR"},  # it logs user names
        "fontTools": {"level": "WARNING"},  # the letters that a PDF uses, passwords on slips among them
        "weasyprint": {"level": "WARNING"},
    },
}

# Named points where a test kills the worker (jobs/failpoints.py); refused anywhere else.
FAILPOINT = env.str("SENTRAL_FAILPOINT", default="")
if FAILPOINT and not TESTING:
    raise ImproperlyConfigured("SENTRAL_FAILPOINT hanya untuk pengujian.")
if TESTING:
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
    sys.dont_write_bytecode = True
