"""Addresses of this door."""

from django.urls import path

from manypaths.web.work import api, entries, home, offering, people, privacy, requests, team

app_name = "work"
urlpatterns = [
    path("", home.home, name="home"),
    path("messages", home.messages, name="messages"),
    path("messages/read", home.read_messages, name="read_messages"),
    path("requests", requests.inbox, name="inbox"),
    path("requests/<uuid:referral_id>", requests.one, name="request"),
    path("requests/<uuid:referral_id>/move", requests.move, name="move"),
    path("people", people.index, name="people"),
    path("people/<uuid:record_id>", people.one, name="person"),
    path("team", team.index, name="team"),
    path("team/<uuid:record_id>", team.one, name="team_person"),
    path("privacy", privacy.desk, name="privacy"),
    path("privacy/<uuid:review_id>", privacy.review, name="review"),
    path("people/<uuid:record_id>/<slug:kind>", entries.index, name="entries"),
    path("people/<uuid:record_id>/<slug:kind>/<uuid:entry_id>", entries.one, name="entry"),
    path("people/<uuid:record_id>/<slug:kind>/<uuid:entry_id>/strike", entries.strike, name="strike"),
    path("services", offering.index, name="services"),
    path("services/add", offering.add, name="add_service"),
    path("services/<uuid:service_id>", offering.edit, name="service"),
    path("services/<uuid:service_id>/room", offering.room, name="room"),
    path("services/<uuid:service_id>/right", offering.confirm, name="confirm"),
    path("services/<uuid:service_id>/close", offering.close, name="close"),
    path("api/people", api.people, name="api_people"),
    path("api/people/<uuid:record_id>", api.person, name="api_person"),
    path("api/people/<uuid:record_id>/history", api.history, name="api_history"),
    path("api/people/<uuid:record_id>/entries/<slug:kind>", api.entries, name="api_entries"),
]
