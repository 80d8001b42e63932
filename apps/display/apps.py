from django.apps import AppConfig


class DisplayConfig(AppConfig):
    name = "apps.display"
    label = "display"
    verbose_name = "Display messages"
