"""The people a worker walks with: the list, one record, and a contact in three fields."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import queries as consent
from manypaths.consent.rules import Basis, DataClass, Purpose
from manypaths.lib.dates import local_date, start_of_day
from manypaths.lib.refusals import NotThere, Refused, refuse_if
from manypaths.people import queries as people
from manypaths.referrals import commands, queries
from manypaths.support import queries as support
from manypaths.support import rules, shown
from manypaths.support.rules import ContactFacts
from manypaths.vault.queries import Sealer
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.offering import offer, reasons_not_as_drawn
from manypaths.web.ui.words import day, in_zone, moment
from manypaths.web.work import consents
from manypaths.web.work.entries import sections
from manypaths.web.work.frame import REFUSED, WALKING, language, put_reasons, show, thank, zone_of
from manypaths.web.work.reasons import plans_of
from manypaths.web.work.words import STATES, WAYS

PAGE = 50
SEEN = frozenset({DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT, DataClass.CONTACT_LOG, DataClass.REFERRAL_TASK})


@dataclass(frozen=True)
class Known:
    """One line of the list: whose record, the name they use, and since when the worker is with them."""

    record_id: UUID
    name: str
    since: datetime


def caseload(request: Asked, *, limit: int, offset: int = 0) -> tuple[list[Known], int]:
    """The people a worker is assigned to, with their names: one opening that names all of them."""
    page = people.caseload(reader=request.reader, limit=limit, offset=offset)
    if not page.lines:
        return [], 0
    opened = consent.open_records(
        reader=request.reader,
        records=[line.record_id for line in page.lines],
        classes={DataClass.DEMOGRAPHICS},
        purpose=Purpose.CARE,
    )
    ids = opened.ids
    names = people.names_of(records=ids, sealer=opened.sealer)
    known = [
        Known(one.record_id, names.get(one.record_id, ""), one.since) for one in page.lines if one.record_id in ids
    ]
    return known, page.total


@member(*WALKING)
@require_safe
def index(request: Asked) -> HttpResponse:
    """The people a worker walks with, 50 on a page."""
    number = page_number(request.GET.get("page"))
    known, total = caseload(request, limit=PAGE, offset=PAGE * (number - 1))
    if number > 1 and not known:
        return redirect("work:people")
    context = {"rows": rows_of(request, known), "total": total, "number": number, "more": total > PAGE * number}
    return show(request, "people", {**context, "purpose": Purpose.CARE})


def rows_of(request: Asked, known: list[Known]) -> list[tuple[str, str, str]]:
    """Id, name and "since" in words, made here once: a page of 50 is drawn often, and a template is slow at words."""
    zone, spoken = zone_of(request), language()
    this_year = local_date(now(), zone).year
    days = {one.since: in_zone(one.since, zone).date() for one in known}
    words = {
        one: str(_("Since %(day)s")) % {"day": day(one, spoken, year=one.year != this_year)}
        for one in set(days.values())
    }
    return [(str(one.record_id), one.name, words[days[one.since]]) for one in known]


@dataclass(frozen=True)
class RecordPage:
    """What one page shows of one record: nothing that was not opened for it."""

    record_id: UUID
    profile: people.ProfileWords
    contact: people.ContactWords | None
    requests: list[queries.RequestLine]
    contacts: list[support.ContactLine]
    sees_contacts: bool
    may_write: bool
    opened: consent.Opened
    purpose: Purpose


def read_record(
    request: Asked, record_id: UUID, classes: frozenset[DataClass] = SEEN, purpose: Purpose = Purpose.CARE
) -> RecordPage:
    """One record, as far as the worker's role and tie open it, and no more of it than is asked for. The purpose is the
    one of the page that the record is opened from.

    Refuses: NotThere when not even the name is open.
    """
    reader = request.reader
    opened = consent.open_records(reader=reader, records=[record_id], classes=classes, purpose=purpose)
    if not opened.allows(record_id, DataClass.DEMOGRAPHICS):
        raise NotThere
    sealer = opened.sealer
    may = {one: opened.allows(record_id, one) for one in SEEN}
    profile, contact = _words(record_id, sealer, may[DataClass.SAFE_CONTACT])
    if profile is None:
        raise NotThere
    return RecordPage(
        record_id,
        profile,
        contact,
        queries.requests_of_opened(record_id=record_id, opened=opened),
        support.contacts_of_opened(record_id=record_id, sealer=sealer) if may[DataClass.CONTACT_LOG] else [],
        may[DataClass.CONTACT_LOG],
        may[DataClass.CONTACT_LOG] and purpose is Purpose.CARE,
        opened,
        purpose,
    )


def _words(
    record_id: UUID, sealer: Sealer, reachable: bool
) -> tuple[people.ProfileWords | None, people.ContactWords | None]:
    if reachable:
        return people.profile_and_contact(record_id=record_id, sealer=sealer)
    return people.profile(record_id=record_id, sealer=sealer), None


class ContactForm(forms.Form):
    """A contact in three fields: how, what was done, and a short note. When is now unless another day is chosen."""

    way = forms.ChoiceField(
        label=_("How were you in touch?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose how you were in touch.")},
    )
    when = forms.ChoiceField(
        label=_("When?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        choices=[("now", _("Now")), ("today", _("Earlier today")), ("yesterday", _("Yesterday"))],
        initial="now",
        error_messages={"required": _("Choose when.")},
    )
    deed = forms.ChoiceField(
        label=_("What did you do?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what you did.")},
    )
    note = forms.CharField(
        label=_("A short note"),
        help_text=_("Only what the next contact needs. They have a right to read it."),
        required=False,
        max_length=rules.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "way", rules.choices(rules.WAYS, language()))
        offer(self, "deed", rules.choices(rules.DEEDS, language()))


def _happened(when: str, at: datetime, zone: str) -> datetime:
    """A moment for what a worker says: now, two hours ago but still today, or yesterday at noon."""
    if when == "now":
        return at
    today = local_date(at, zone)
    if when == "today":
        return max(start_of_day(today, zone), at - timedelta(hours=2))
    return datetime.combine(today - timedelta(days=1), time(12), tzinfo=ZoneInfo(zone))


@member(*WALKING)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, record_id: UUID) -> HttpResponse:
    """One record, and a contact written down on it."""
    form = ContactForm(request.POST or None)
    refuse_if(reasons_not_as_drawn(form))
    if request.method == "POST" and form.is_valid():
        try:
            _write_down(request, record_id, form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        except NotThere:
            return thank(request, "gone", "work:people")
        else:
            return thank(request, "contact", "work:person", record_id)
    return _draw(request, record_id, form)


def _write_down(request: Asked, record_id: UUID, said: dict[str, str]) -> None:
    at = now()
    happened = _happened(said["when"], at, zone_of(request))
    facts = ContactFacts(happened, said["way"], said["deed"], said["note"])
    commands.record_contact(record_id=record_id, facts=facts, by=request.reader, at=at)


def when_of(request: Asked, line: support.ContactLine) -> str:
    """When a contact was, with its year unless it is this one."""
    zone, spoken = zone_of(request), language()
    local = in_zone(line.happened_at, zone)
    far = local.year != local_date(now(), zone).year
    if line.is_exact:
        return moment(line.happened_at, zone, spoken, year=far)
    return day(local.date(), spoken, year=far)


def _draw(request: Asked, record_id: UUID, form: ContactForm) -> HttpResponse:
    kinds, classes = support.entries_to_open(reader=request.reader)
    page = read_record(request, record_id, SEEN | classes | consents.to_open(request.reader, Basis.ASSIGNED))
    words = words_of(request, page)
    parts = sections(request, record_id, page.opened, kinds, words["said_beside"])
    context = {**words, "form": form, "sections": parts, "writes_to_them": rules.writes_to_people(request.reader.roles)}
    if context["writes_to_them"]:
        context["shown"] = shown.shown_here(reader=request.reader, org_record_id=record_id)
    return show(request, "person", context, status=REFUSED if form.is_bound and form.errors else 200)


def words_of(request: Asked, page: RecordPage) -> dict[str, Any]:
    """What a page of one record says, in words."""
    ways, deeds = (dict(rules.choices(table, language())) for table in (rules.WAYS, rules.DEEDS))
    agreed = consents.of_record(page.record_id, page.opened, zone_of(request))
    said = support.said_beside(record_id=page.record_id, sealer=page.opened.sealer)
    return {
        "page": page,
        "plans": plans_of(request.reader, page.purpose),
        "said_beside": said,
        "purpose": page.purpose,
        "sees_consents": page.opened.allows(page.record_id, DataClass.CONSENT_RECORD),
        "consents": agreed,
        "agreed": any(one.line.holds for one in agreed),
        "way": WAYS.get(page.contact.way, "") if page.contact else "",
        "contacts": [
            (line, ways.get(line.way, ""), deeds.get(line.deed, ""), when_of(request, line), said.get(line.id))
            for line in page.contacts
        ],
        "added": support.added_of_opened(
            record_id=page.record_id, data_class=DataClass.CONTACT_LOG, sealer=page.opened.sealer
        ),
        "requests": [(line, STATES[line.status]) for line in page.requests],
    }
