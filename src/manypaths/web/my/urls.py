"""Addresses of this door. They tell nothing about what a person does here."""

from django.urls import path

from manypaths.web.my import about, answers, choose, goals, home, sharing, take, words

app_name = "my"
urlpatterns = [
    path("", home.home, name="home"),
    path("print", home.printed, name="print"),
    path("words", words.own_words, name="own_words"),
    path("words/off", words.take_off_own_words, name="take_off_own_words"),
    path("strong", words.add_strength, name="add_strength"),
    path("strong/<uuid:strength_id>", words.strength, name="strength"),
    path("strong/<uuid:strength_id>/off", words.remove_strength, name="remove_strength"),
    path("goals", goals.add_goal, name="add_goal"),
    path("goals/<uuid:goal_id>", goals.goal, name="goal"),
    path("goals/<uuid:goal_id>/words", goals.change_goal, name="change_goal"),
    path("goals/<uuid:goal_id>/state", goals.set_goal, name="set_goal"),
    path("goals/<uuid:goal_id>/move", goals.move_goal, name="move_goal"),
    path("steps/<uuid:step_id>", goals.step, name="step"),
    path("steps/<uuid:step_id>/mark", goals.mark_step, name="mark_step"),
    path("steps/<uuid:step_id>/move", goals.move_step, name="move_step"),
    path("steps/<uuid:step_id>/off", goals.remove_step, name="remove_step"),
    path("kept/<uuid:choice_id>", choose.chosen, name="chosen"),
    path("kept/<uuid:choice_id>/off", choose.let_go, name="let_go"),
    path("sharing", sharing.sharing, name="sharing"),
    path("sharing/looked", sharing.looked, name="looked"),
    path("sharing/<uuid:grant_id>", sharing.shared, name="shared"),
    path("sharing/<uuid:grant_id>/stop", sharing.stop, name="stop"),
    path("sharing/<uuid:grant_id>/longer", sharing.lengthen, name="lengthen"),
    path("about", about.profile, name="profile"),
    path("about/contact", about.contact, name="contact"),
    path("about/safety", about.safety, name="safety"),
    path("about/safety/worker/<uuid:membership_id>", about.block_worker, name="block_worker"),
    path("about/safety/<uuid:block_id>/end", about.unblock, name="unblock"),
    path("copy", take.take, name="take"),
    path("copy/page", take.as_page, name="copy_page"),
    path("copy/data", take.as_data, name="copy_data"),
    path("check-ins", answers.answers, name="answers"),
    path("check-ins/now/<int:number>", answers.statement, name="statement"),
    path("check-ins/now/end", answers.end, name="answers_end"),
    path("check-ins/line", answers.published_line, name="published_line"),
    path("check-ins/<uuid:sitting_id>", answers.checked_in, name="checked_in"),
    path("check-ins/<uuid:sitting_id>/counting", answers.choose_counting, name="choose_counting"),
    path("check-ins/<uuid:sitting_id>/off", answers.forget, name="forget_answers"),
]
