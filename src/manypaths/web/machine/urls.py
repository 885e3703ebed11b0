"""Addresses of this door."""

from django.urls import path

from manypaths.web.machine import pages

app_name = "machine"
urlpatterns = [
    path("", pages.health, name="health"),
    path("settings", pages.settings_shown, name="settings"),
    path("log/<uuid:line>", pages.log_line, name="log_act"),
    path("log/<int:line>", pages.log_line, name="log_look"),
]
