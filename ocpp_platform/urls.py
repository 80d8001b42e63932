"""Routes of people and programs."""

urlpatterns: list = []
