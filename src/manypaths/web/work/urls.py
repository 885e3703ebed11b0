"""Addresses of this door."""

app_name = "work"
urlpatterns: list = []
