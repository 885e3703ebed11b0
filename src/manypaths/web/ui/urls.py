"""Addresses of the look itself."""

from django.urls import path

from manypaths.web.ui import gallery, pages

app_name = "ui"
urlpatterns = [
    path("ui/", gallery.gallery, name="gallery"),
    path("display", pages.set_display, name="display"),
    path("language", pages.set_language, name="language"),
    path("stay", pages.stay, name="stay"),
    path("offline", pages.offline, name="offline"),
    path("sw.js", pages.service_worker, name="service_worker"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
]
