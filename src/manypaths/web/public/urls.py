"""Addresses of this door."""

from django.urls import path

from manypaths.web.public import community, pages

app_name = "public"
urlpatterns = [
    path("about", pages.about, name="about"),
    path("privacy", pages.privacy, name="privacy"),
    path("right-now", pages.right_now, name="right_now"),
    path("community/", community.community, name="community"),
    path("community/figures.csv", community.figures_csv, name="figures"),
]
