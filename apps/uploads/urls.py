from django.urls import path

from apps.uploads import views

app_name = "uploads"
urlpatterns = [
    path("<int:door_id>/", views.receive, name="door"),
    path("<int:door_id>/<path:name>", views.receive, name="file"),
]
