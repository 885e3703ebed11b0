"""Addresses of this door: join, sign in, prove it, come back, leave."""

from django.urls import path

from manypaths.web.entry import entering, joining, leaving

app_name = "entry"
urlpatterns = [
    path("join", joining.join, name="join"),
    path("card", joining.card, name="card"),
    path("card/done", joining.card_done, name="card_done"),
    path("enter", entering.sign_in, name="sign_in"),
    path("enter/lost", entering.sign_in, name="come_back"),
    path("enter/again", entering.prove_again, name="prove_again"),
    path("sign-out", entering.sign_out, name="sign_out"),
    path("here", entering.landing, name="landing"),
    path("leave", leaving.leave, name="leave"),
    path("open-again", leaving.open_again, name="open_again"),
]
