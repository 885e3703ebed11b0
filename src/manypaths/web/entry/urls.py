"""Addresses of this door: join, sign in, prove it, come back, leave, and work here."""

from django.urls import path

from manypaths.web.entry import demo, devices, entering, inviting, joining, leaving, proving, returning, workers

app_name = "entry"
urlpatterns = [
    path("join", joining.join, name="join"),
    path("card", joining.card, name="card"),
    path("card/done", joining.card_done, name="card_done"),
    path("enter", entering.sign_in, name="sign_in"),
    path("enter/again", entering.prove_again, name="prove_again"),
    path("enter/lost", returning.come_back, name="come_back"),
    path("enter/lost/card", returning.with_card, name="with_card"),
    path("enter/lost/trusted", returning.with_trusted, name="with_trusted"),
    path("enter/lost/desk", returning.with_desk, name="with_desk"),
    path("enter/lost/finish", returning.finish, name="finish"),
    path("sign-out", entering.sign_out, name="sign_out"),
    path("here", entering.landing, name="landing"),
    path("leave", leaving.leave, name="leave"),
    path("open-again", leaving.open_again, name="open_again"),
    path("devices", devices.devices, name="devices"),
    path("devices/others", devices.end_others, name="end_others"),
    path("devices/<uuid:handle>/end", devices.end_one, name="end_one"),
    path("devices/passphrase", devices.passphrase, name="passphrase"),
    path("devices/help", returning.helpers, name="helpers"),
    path("devices/help/code", returning.trusted_code, name="trusted_code"),
    path("devices/stop/<uuid:way_back>", returning.stop_way_back, name="stop_way_back"),
    path("second", proving.second_factor, name="second_factor"),
    path("second/app", proving.add_app, name="add_app"),
    path("second/passkey", proving.add_passkey, name="add_passkey"),
    path("second/codes", proving.staff_codes, name="staff_codes"),
    path("second/<int:factor>/remove", proving.remove_factor, name="remove_factor"),
    path("vouch", returning.vouch, name="vouch"),
    path("invited/<str:code>", inviting.invited, name="invited"),
    path("taking-part", inviting.taking_part, name="taking_part"),
    path("taking-part/answers", inviting.answer_requests, name="answer_requests"),
    path("taking-part/leave", inviting.leave_community, name="leave_community"),
    path("places-of-work", inviting.places_of_work, name="places_of_work"),
    path("workers", workers.workers, name="workers"),
    path("workers/<uuid:worker>/end", workers.end_worker, name="end_worker"),
    path("workers/<uuid:worker>/answers", workers.worker_answers, name="worker_answers"),
    path("organizations", workers.bodies, name="bodies"),
    path("demo", demo.demo, name="demo"),
]
