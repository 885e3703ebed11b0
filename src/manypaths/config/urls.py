"""The addresses of every door."""

from django.urls import include, path

# Those with a word of their own first: an address is compared with each line until one fits.
urlpatterns = [
    path("work/", include("manypaths.web.work.urls")),
    path("machine/", include("manypaths.web.machine.urls")),
    path("my/", include("manypaths.web.my.urls")),
    path("", include("manypaths.web.public.urls")),
    path("", include("manypaths.web.ui.urls")),
    path("", include("manypaths.web.entry.urls")),
]

handler400 = "manypaths.web.ui.errors.bad_request"
handler403 = "manypaths.web.ui.errors.forbidden"
handler404 = "manypaths.web.ui.errors.not_found"
handler500 = "manypaths.web.ui.errors.server_error"
