"""A person's plan. Every table stands behind the wall, and the words are sealed.

The class is `recovery_plan`, or `safety_plan` where it says so. Nothing is deleted here: what a person takes off keeps
its day, and words that were changed move to `Earlier`.
"""

import uuid

from django.db import models
from django.db.models import Q

from manypaths.plans.rules import GoalState, StepState
from manypaths.vault.models import SealedText

GOAL_STATES = [(state.value, state.value) for state in GoalState]
STEP_STATES = [(state.value, state.value) for state in StepState]


class OwnWords(models.Model):
    """What a good life looks like, in the person's own words, on one day. The newest stands on top of the plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    text = SealedText(label="plans.ownwords.text")
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "own words"
        constraints = [
            models.UniqueConstraint(
                name="plans_ownwords_one_now", fields=["record_id"], condition=Q(replaced_at__isnull=True)
            ),
        ]
        indexes = [models.Index(name="plans_ownwords_by_record", fields=["record_id", "written_at"])]

    def __str__(self) -> str:
        return "own words"


class HardDay(models.Model):
    """What helps the person on a hard day, in their own words, one thing a line. The newest stands beside the plan.

    A class of its own, `safety_plan`: whoever may read a plan may not read this.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    text = SealedText(label="plans.hardday.text")
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="plans_hardday_one_now", fields=["record_id"], condition=Q(replaced_at__isnull=True)
            ),
        ]
        indexes = [models.Index(name="plans_hardday_by_record", fields=["record_id", "written_at"])]

    def __str__(self) -> str:
        return "what helps on a hard day"


class SafetyPlan(models.Model):
    """The plan for a bad day that a clinician and the person wrote together, in the record of the place.

    Of the class `safety_plan`. The newest stands; earlier ones keep their days.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    signs = SealedText(label="plans.safetyplan.signs")
    helps = SealedText(label="plans.safetyplan.helps")
    people = SealedText(label="plans.safetyplan.people")
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="plans_safetyplan_one_now", fields=["record_id"], condition=Q(replaced_at__isnull=True)
            ),
        ]
        indexes = [models.Index(name="plans_safetyplan_by_record", fields=["record_id", "written_at"])]

    def __str__(self) -> str:
        return "a plan for a bad day"


class Strength(models.Model):
    """Something strong in the person or in their life, said by themself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    statement = SealedText(label="plans.strength.statement")
    fact = SealedText(label="plans.strength.fact", null=True)
    sign = models.CharField(max_length=24)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="plans_strength_by_record", fields=["record_id", "added_at"])]

    def __str__(self) -> str:
        return "a strength"


class Goal(models.Model):
    """Something the person wants, in one area of life."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    title = SealedText(label="plans.goal.title")
    area = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=GOAL_STATES, default="open")
    place = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="plans_goal_by_record", fields=["record_id", "place"])]
        constraints = [
            models.CheckConstraint(
                name="plans_goal_closed_with_a_day",
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"a goal ({self.state})"


class Step(models.Model):
    """One thing the person can do for a goal. It may be about a service of the directory."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT)
    text = SealedText(label="plans.step.text")
    state = models.CharField(max_length=8, choices=STEP_STATES, default="later")
    place = models.PositiveSmallIntegerField()
    by_day = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    service_id = models.UUIDField(null=True, blank=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="plans_step_by_record", fields=["record_id", "place"])]
        constraints = [
            models.CheckConstraint(
                name="plans_step_done_with_a_day",
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"a step ({self.state})"


class StepRequest(models.Model):
    """A request for support that a step started. Only its id stands here; what became of it is told by `referrals`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    step = models.ForeignKey(Step, on_delete=models.PROTECT)
    referral_id = models.UUIDField(unique=True)
    linked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="plans_steprequest_by_record", fields=["record_id", "linked_at"])]

    def __str__(self) -> str:
        return "a request from a step"


class Choice(models.Model):
    """A support the person chose, by its name on that day, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    service_id = models.UUIDField()
    name = SealedText(label="plans.choice.name")
    reason = SealedText(label="plans.choice.reason", null=True)
    chosen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="plans_choice_by_record", fields=["record_id", "chosen_at"])]
        constraints = [
            models.UniqueConstraint(
                name="plans_choice_once_now", fields=["record_id", "service_id"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return "a chosen support"


class Option(models.Model):
    """A support the person saw before choosing, by its name and the day they saw it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    choice = models.ForeignKey(Choice, on_delete=models.PROTECT)
    service_id = models.UUIDField()
    name = SealedText(label="plans.option.name")
    seen_on = models.DateField()

    class Meta:
        indexes = [models.Index(name="plans_option_by_record", fields=["record_id"])]
        constraints = [models.UniqueConstraint(name="plans_option_once", fields=["choice", "service_id"])]

    def __str__(self) -> str:
        return "a support that was seen"


class Earlier(models.Model):
    """Words as they stood before they were changed. The seal is the one they had: same label, same record."""

    id = models.BigAutoField(primary_key=True)
    record_id = models.UUIDField()
    subject_id = models.UUIDField()
    label = models.CharField(max_length=40)
    words = SealedText(label="plans.*")
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "earlier words"
        indexes = [models.Index(name="plans_earlier_by_record", fields=["record_id", "subject_id"])]

    def __str__(self) -> str:
        return "earlier words"
