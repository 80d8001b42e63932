"""Every setting, read from the environment; without any it is the embedded default.

One machine, SQLite in ``var/``, no Redis. DATABASE_URL and REDIS_URL turn the same code into
production. Names of ours begin with OCPP_ and end with their unit.
"""

from pathlib import Path

import dj_database_url
from csp.constants import SELF

from apps.reconciliation import patience
from ocpp_platform import clock, logs
from ocpp_platform import environment as env
from ocpp_platform.rest import REST_FRAMEWORK as REST_FRAMEWORK
from ocpp_platform.rest import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("VAR", str(BASE_DIR / "var"))).resolve()
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret_key(VAR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
REDIS_URL = env.text("REDIS_URL")

OCPP_CALL_TIMEOUT_S = env.seconds("OCPP_CALL_TIMEOUT_S", 30, least=0.1)
OCPP_HEARTBEAT_INTERVAL_S = env.integer("OCPP_HEARTBEAT_INTERVAL_S", 300, least=1)
OCPP_BOOT_QUIET_S = env.seconds("OCPP_BOOT_QUIET_S", 1)
OCPP_BOOT_WAIT_S = env.seconds("OCPP_BOOT_WAIT_S", 60)
OCPP_READ_ON_BOOT = env.flag("OCPP_READ_ON_BOOT", default=True)
OCPP_READ_DELAY_S = env.seconds("OCPP_READ_DELAY_S", 30)
OCPP_PUBLIC_URL = env.address("OCPP_PUBLIC_URL")
OCPP_UPLOAD_FOLDER = env.text("OCPP_UPLOAD_FOLDER", str(VAR / "uploads"))
OCPP_UPLOAD_MAX_BYTES = env.integer("OCPP_UPLOAD_MAX_BYTES", 200_000_000, least=1)
OCPP_UPLOAD_EXPIRY_S = env.seconds("OCPP_UPLOAD_EXPIRY_S", 86_400, least=60)
OCPP_COMMAND_EXPIRY_S = env.seconds("OCPP_COMMAND_EXPIRY_S", 3600, least=1)
OCPP_CONFIRM_TIMEOUT_S = env.seconds("OCPP_CONFIRM_TIMEOUT_S", 120, least=1)
OCPP_SWEEP_INTERVAL_S = env.seconds("OCPP_SWEEP_INTERVAL_S", 1, least=0.05)
OCPP_PRESENCE_FLUSH_S = env.seconds("OCPP_PRESENCE_FLUSH_S", 5, least=0.05)
OCPP_MAX_FRAME_BYTES = env.integer("OCPP_MAX_FRAME_BYTES", 1_048_576, least=1024)
OCPP_MAX_BODY_BYTES = env.integer("OCPP_MAX_BODY_BYTES", 5_000_000, least=1024)
OCPP_INBOUND_QUEUE_FRAMES = env.integer("OCPP_INBOUND_QUEUE_FRAMES", 64, least=1)
OCPP_MAX_CONNECTIONS = env.integer("OCPP_MAX_CONNECTIONS", 20_000, least=1)
OCPP_MAX_HANDSHAKES = env.integer("OCPP_MAX_HANDSHAKES", 2_000, least=1)
OCPP_REFUSALS_PER_MINUTE = env.integer("OCPP_REFUSALS_PER_MINUTE", 60, least=1)
OCPP_GUESSES_PER_MINUTE = env.integer("OCPP_GUESSES_PER_MINUTE", 10, least=1)
OCPP_STRANGERS_PER_ADDRESS = env.integer("OCPP_STRANGERS_PER_ADDRESS", 500, least=1)
OCPP_STRANGERS_RETENTION_D = env.integer("OCPP_STRANGERS_RETENTION_D", 30, least=1)
OCPP_RETRY_AFTER_S = env.integer("OCPP_RETRY_AFTER_S", 30, least=1)
OCPP_SILENCE_FACTOR = env.integer("OCPP_SILENCE_FACTOR", 3, least=2)
OCPP_SESSION_SILENCE_FACTOR = env.integer("OCPP_SESSION_SILENCE_FACTOR", 5, least=2)
OCPP_SAMPLE_INTERVAL_S = env.integer("OCPP_SAMPLE_INTERVAL_S", 60, least=1)
OCPP_SESSION_GRACE_S = env.seconds("OCPP_SESSION_GRACE_S", 300)
OCPP_WATCH_S = {
    name: env.seconds(f"OCPP_WATCH_{name.upper()}_S", default, least=1)
    for name, default in patience.DEFAULTS_S.items()
}
OCPP_JOURNAL_RETENTION_D = env.integer("OCPP_JOURNAL_RETENTION_D", 31, least=1)
OCPP_JOURNAL_ARCHIVE_FOLDER = env.folder("OCPP_JOURNAL_ARCHIVE_FOLDER")
_LONG_D = env.integer("OCPP_JOURNAL_RETENTION_D", 400, least=1)  # what little room needs
OCPP_EVENTS_RETENTION_D = env.integer("OCPP_EVENTS_RETENTION_D", _LONG_D, least=1)
OCPP_COMMANDS_RETENTION_D = env.integer("OCPP_COMMANDS_RETENTION_D", _LONG_D, least=1)
OCPP_AUDIT_RETENTION_D = env.integer("OCPP_AUDIT_RETENTION_D", 1_100, least=1)
OCPP_UPLOADS_RETENTION_D = env.integer("OCPP_UPLOADS_RETENTION_D", 90, least=1)
OCPP_SAMPLES_WHOLE_D = env.integer("OCPP_SAMPLES_WHOLE_D", 90, least=1)
OCPP_LEAST_FREE_BYTES = env.integer("OCPP_LEAST_FREE_BYTES", 100_000_000)
OCPP_METRICS_FROM = env.networks("OCPP_METRICS_FROM", "127.0.0.0/8,::1")
OCPP_BATCH_FRAMES = env.integer("OCPP_BATCH_FRAMES", 256, least=1)
OCPP_TRUSTED_PROXIES = env.words("OCPP_TRUSTED_PROXIES")
OCPP_TLS_PORT = env.integer("OCPP_TLS_PORT", 0)
OCPP_TLS_CERTIFICATES = tuple(env.words("OCPP_TLS_CERTIFICATES"))
OCPP_TLS_MIN_VERSION = env.choice("OCPP_TLS_MIN_VERSION", "1.2", ("1.2", "1.3"))
OCPP_TLS_CLIENT_CA = tuple(env.words("OCPP_TLS_CLIENT_CA"))
OCPP_PKI_AUTHORITY = env.text("OCPP_PKI_AUTHORITY")
OCPP_PKI_V2G_AUTHORITY = env.text("OCPP_PKI_V2G_AUTHORITY")
OCPP_PKI_ORGANISATION = env.text("OCPP_PKI_ORGANISATION")
OCPP_PKI_VALIDITY_D = env.integer("OCPP_PKI_VALIDITY_D", 365, least=1)
OCPP_CONTRACT_CA = tuple(env.words("OCPP_CONTRACT_CA"))
OCPP_OCSP_HOSTS = tuple(env.words("OCPP_OCSP_HOSTS", "*,127.0.0.0/8,::1"))
OCPP_WEBHOOK_HOSTS = tuple(env.words("OCPP_WEBHOOK_HOSTS", "*"))
OCPP_OCSP_TIMEOUT_S = env.seconds("OCPP_OCSP_TIMEOUT_S", 5, least=0.1)
OCPP_EV_CERTIFICATE_URL = env.text("OCPP_EV_CERTIFICATE_URL")

INSTALLED_APPS = [
    "apps.simulator",
    "apps.gateway",
    "apps.dashboard",
    "apps.api",
    "apps.batch",
    "apps.ingest",
    "apps.retention",
    "apps.onboarding",
    "apps.power",
    "apps.lists",
    "apps.jobs",
    "apps.reservations",
    "apps.display",
    "apps.costs",
    "apps.device",
    "apps.incidents",
    "apps.reconciliation",
    "apps.sessions",
    "apps.tariffs",
    "apps.tokens",
    "apps.certificates",
    "apps.campaigns",
    "apps.habits",
    "apps.stations",
    "apps.accounts",
    "apps.commands",
    "apps.uploads",
    "apps.history",
    "apps.journal",
    "apps.live",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ocpp_platform.compression.Compression",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ocpp_platform.outages.OutagePage",
]

ROOT_URLCONF = "ocpp_platform.urls"
ASGI_APPLICATION = "ocpp_platform.asgi.application"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "apps.dashboard.context.shell",
            ],
        },
    }
]

try:
    DATABASES = {
        "default": dj_database_url.parse(
            env.text("DATABASE_URL") or f"sqlite:///{VAR / 'platform.sqlite3'}",
            conn_health_checks=True,
        )
    }
except (ValueError, dj_database_url.UnknownSchemeError):
    env.fail("DATABASE_URL", "…", "a database address (postgres://user:password@host:port/name)")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "prepare_threshold": 5,  # the statements of ingest are planned once
        "options": "-c plan_cache_mode=force_generic_plan",
        "connect_timeout": 5,  # a server that is gone without a word
        "pool": {
            "min_size": 1,
            "max_size": env.integer("OCPP_DATABASE_CONNECTIONS", 10, least=4),
            "timeout": 5,  # of a request that waits for a connection
            # The pool waits twice as long after each failure, until it gives up; who needs a
            # connection next makes it begin anew. So it never waits for longer than this.
            "reconnect_timeout": 4,
        },
        **DATABASES["default"].get("OPTIONS", {}),  # what the address itself asks for: sslmode, …
    }

CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # longer than the layer's own wait for a message (5 s), or each wait is an error
                "hosts": [{"address": REDIS_URL, "socket_timeout": 20}],
                "capacity": 2000,
                "expiry": 30,
            },
        }
        if REDIS_URL
        else {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 2000, "expiry": 30},
        }
    )
}
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("OCPP_SECURE_COOKIES")
if env.flag("OCPP_BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

CELERY_BROKER_URL = REDIS_URL or "localhost"
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT = "ocpp_platform.folder:Transport"
    _queue = VAR / "queue"
    for _folder in ("messages", "processed", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "processed_folder": str(_queue / "processed"),
        "control_folder": str(_queue / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # an outage of Redis, however long, ends no worker
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "csms@localhost")

CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = clock.SCHEDULE

LOG_FORMAT = env.choice("LOG_FORMAT", "text", ("text", "json"))
LOGGING = logs.configuration(LOG_FORMAT, env.text("LOG_LEVEL", "WARNING"))
