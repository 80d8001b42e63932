from django.urls import path

from apps.uploads import views

app_name = "uploads"
urlpatterns = [
    path("<int:upload_id>/", views.receive, name="upload"),
    path("<int:upload_id>/<path:name>", views.receive, name="file"),
]
