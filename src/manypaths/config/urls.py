"""The addresses of every door."""

from django.urls import include, path

urlpatterns = [
    path("", include("manypaths.web.public.urls")),
    path("", include("manypaths.web.ui.urls")),
    path("", include("manypaths.web.entry.urls")),
    path("my/", include("manypaths.web.my.urls")),
    path("work/", include("manypaths.web.work.urls")),
]

handler400 = "manypaths.web.ui.errors.bad_request"
handler403 = "manypaths.web.ui.errors.forbidden"
handler404 = "manypaths.web.ui.errors.not_found"
handler500 = "manypaths.web.ui.errors.server_error"
