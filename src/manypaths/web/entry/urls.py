"""Addresses of this door."""

app_name = "entry"
urlpatterns: list = []
