from django.apps import AppConfig


class DeviceConfig(AppConfig):
    name = "apps.device"
    label = "device"
    verbose_name = "Device model and monitoring"
