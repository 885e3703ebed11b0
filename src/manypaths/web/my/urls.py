"""Addresses of this door."""

app_name = "my"
urlpatterns: list = []
