"""Addresses of this door."""

app_name = "ui"
urlpatterns: list = []
