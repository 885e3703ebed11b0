"""Addresses of this door."""

from django.urls import path

from manypaths.web.public import community, find, listing, pages

app_name = "public"
urlpatterns = [
    path("", find.home, name="home"),
    path("find", find.search, name="search"),
    path("find/fewer", find.fewer, name="fewer"),
    path("find/link", find.make_link, name="make_link"),
    path("found", find.linked, name="linked"),
    path("f/<str:token>", find.results, name="results"),
    path("service/<uuid:service_id>", listing.service, name="service"),
    path("about", pages.about, name="about"),
    path("privacy", pages.privacy, name="privacy"),
    path("right-now", pages.right_now, name="right_now"),
    path("community/", community.community, name="community"),
    path("community/figures.csv", community.figures_csv, name="figures"),
]
