from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "apps.sessions"
    label = "charging_sessions"
    verbose_name = "Sessions"
