from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "apps.certificates"
    label = "pki"  # the tables keep the name that they were made with
    verbose_name = "Certificates"
