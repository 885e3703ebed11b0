"""The addresses of every door."""

from django.urls import include, path

urlpatterns = [
    path("", include("manypaths.web.public.urls")),
    path("", include("manypaths.web.ui.urls")),
    path("", include("manypaths.web.entry.urls")),
    path("my/", include("manypaths.web.my.urls")),
    path("work/", include("manypaths.web.work.urls")),
]
