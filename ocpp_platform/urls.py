"""Routes of people and programs."""

from django.urls import include, path

from ocpp_platform import health

handler400 = "apps.dashboard.errors.not_understood"

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", include("apps.api.urls")),
    path("uploads/", include("apps.uploads.urls")),
    path("", include("apps.dashboard.urls")),
]
