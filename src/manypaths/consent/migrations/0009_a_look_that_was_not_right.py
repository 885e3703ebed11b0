"""A person says of a look that it was not right, and somebody who did not look answers.

`open_review` is the way in for whoever answers: a privacy officer of the place whose worker looked, never the one who
looked themself, and never against a safety block. It writes the access row like every opening, under the person's own
record and for this one review: `opened_whole` does not count it, so the whole list of looks stays closed.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction, GuardSubjects, GuardTable

MAY_ANSWER = """
v_officer and v_organisation = v_org and v_looker is not null and v_looker <> p_account
              and not v_erased and not v_blocked and not v_taken_back
"""

OPEN_REVIEW = f"""
create function open_review(p_account uuid, p_membership uuid, p_review uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_officer boolean := false;
    v_record uuid;
    v_held uuid;
    v_organisation uuid;
    v_looker uuid;
    v_erased boolean := true;
    v_blocked boolean := true;
    v_taken_back boolean := true;
    v_may boolean;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select m.organisation_id, 'privacy_officer' = any(m.roles) into v_org, v_officer
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    select v.record_id, v.org_record_id, v.organisation_id, l.account_id, r.erased_at is not null,
           exists (select from people_block b
                    where b.record_id = v.record_id and b.since <= v_now and (b.until is null or b.until > v_now)
                      and (b.account_id = p_account or b.organisation_id = v_org)),
           v.ending = 'withdrawn'
      into v_record, v_held, v_organisation, v_looker, v_erased, v_blocked, v_taken_back
      from consent_review v
      join people_record r on r.id = v.record_id
      left join network_membership l on l.id = v.membership_id
     where v.id = p_review;
    v_may := coalesce({MAY_ANSWER.strip()}, false);
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array[v_record] else '{{}}' end,
            case when v_may then array['review:' || p_review::text] else '{{}}' end,
            case when v_may then array[p_review] else '{{}}' end,
            case when v_may or v_record is null then '{{}}' else array[v_record] end,
            array['access_log'], 'privacy');
    return json_build_object(
        'open', v_may,
        'facts', json_build_array(
            v_officer, v_organisation = v_org, v_looker = p_account, v_erased, v_blocked, v_taken_back),
        'held', case when v_may then v_held end,
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = v_record));
end $$
"""

# Finding is not opening: ids and days, no name and no word. What is waiting comes first by its day, then what was answered.
REVIEWS_FOR = """
create function reviews_for(p_account uuid, p_membership uuid, p_waiting boolean, p_limit int, p_offset int)
returns table(id uuid, asked_at timestamptz, due_at timestamptz, state text, finding text, answered_at timestamptz,
              total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select v.id, v.asked_at, v.due_at, v.state::text, v.finding::text, v.answered_at, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join consent_review v on v.organisation_id = m.organisation_id and v.ending <> 'withdrawn'
      join people_record r on r.id = v.record_id and r.erased_at is null
      join network_membership l on l.id = v.membership_id and l.account_id <> m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and 'privacy_officer' = any(m.roles)
       and (v.state = 'open') = p_waiting
       and not exists (
           select from people_block b
            where b.record_id = v.record_id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = m.account_id or b.organisation_id = m.organisation_id))
     order by case when p_waiting then v.due_at end, v.answered_at desc, v.id
     limit p_limit offset p_offset
$$
"""

# The looks one review is about, one by one: when, what, and whether a whole list was opened.
LOOKS_OF_REVIEW = """
create function looks_of_review(p_review uuid)
returns table(at timestamptz, classes text[], records int)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_review = any(opened_subjects('access_log')) then
        return;
    end if;
    return query
    select a.at, a.classes::text[], cardinality(a.opened)
      from consent_review v
      join audit_access a on (a.opened @> array[v.record_id] or a.opened @> array[v.org_record_id])
       and a.membership_id = v.membership_id and a.purpose = v.purpose and a.at between v.first_at and v.last_at
     where v.id = p_review
     order by a.seq
     limit 100;
end $$
"""

MOVES = """
create function consent_review_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_own boolean := new.record_id = any(opened_own('access_log'));
    v_answer boolean := row(new.finding, new.deed, new.answer, new.answered_at, new.answered_by_id)
        is distinct from row(old.finding, old.deed, old.answer, old.answered_at, old.answered_by_id);
begin
    if v_own and not v_answer
       and (old.state, new.state, new.ending) in (('open', 'closed', 'withdrawn'), ('answered', 'closed', 'read')) then
        return new;
    end if;
    if not v_own and v_answer and (old.state, new.state, new.ending) = ('open', 'answered', '')
       and new.id = any(opened_subjects('access_log'))
       and exists (
           select from audit_access a
            where a.xid = pg_current_xact_id()::text::bigint
              and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
              and a.at >= transaction_timestamp()
              and new.id = any(a.subjects) and a.membership_id = new.answered_by_id) then
        return new;
    end if;
    raise exception 'a review is answered once by who may, and closed by its person' using errcode = 'check_violation';
end $$
"""

WALLS = [
    "revoke update, delete on consent_review from app",
    "grant update (state, finding, deed, answer, answered_at, answered_by_id, closed_at, ending) on consent_review to app",
    "grant select on consent_review to gate",
    "create policy consent_review_inserts on consent_review as restrictive for insert to app "
    "with check (record_id = any((select opened_own('access_log'))::uuid[]) and state = 'open')",
    "create trigger consent_review_moves before update on consent_review "
    "for each row when (current_user = 'app') execute function consent_review_moves()",
]
NO_WALLS = [
    "drop trigger consent_review_moves on consent_review",
    "drop policy consent_review_inserts on consent_review",
]


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0008_some_things_only_their_author_reads"),
        ("people", "0002_walls_and_doors_to_them"),
        ("audit", "0004_what_a_consent_was_for"),
        ("vault", "0002_keys_behind_the_wall"),
        ("network", "0004_agreement_of_november_2026"),
    ]
    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
                ("record_id", models.UUIDField()),
                ("org_record_id", models.UUIDField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="network.organisation"),
                ),
                ("look", models.UUIDField()),
                ("zone", models.CharField(max_length=64)),
                ("membership_id", models.UUIDField()),
                ("purpose", models.CharField(max_length=24)),
                ("basis", models.CharField(max_length=24)),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("times", models.PositiveIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("wish", models.CharField(max_length=16)),
                ("words", manypaths.vault.models.SealedText(label="consent.review.words")),
                ("state", models.CharField(default="open", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("finding", models.CharField(blank=True, default="", max_length=24)),
                ("deed", models.CharField(blank=True, default="", max_length=24)),
                ("answer", manypaths.vault.models.SealedText(label="consent.review.answer", null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by_id", models.UUIDField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("ending", models.CharField(blank=True, default="", max_length=12)),
            ],
            options={
                "indexes": [
                    models.Index(name="consent_review_by_record", fields=["record_id", "asked_at"]),
                    models.Index(name="consent_review_by_place", fields=["organisation", "state", "due_at"]),
                    models.Index(
                        name="consent_review_should_not_have",
                        fields=["organisation", "answered_at"],
                        condition=Q(finding="should_not"),
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        name="consent_review_once", fields=["record_id", "look"], condition=~Q(ending="withdrawn")
                    ),
                    models.CheckConstraint(
                        name="consent_review_answer_after_asking", condition=Q(due_at__gt=F("asked_at"))
                    ),
                    models.CheckConstraint(
                        name="consent_review_in_a_state",
                        condition=(
                            Q(state="open", finding="", answer__isnull=True, closed_at__isnull=True, ending="")
                            | Q(state="answered", answer__isnull=False, answered_at__isnull=False, ending="")
                            & ~Q(finding="")
                            & Q(answered_by_id__isnull=False, closed_at__isnull=True)
                            | Q(state="closed", ending="withdrawn", finding="", answer__isnull=True)
                            & Q(closed_at__isnull=False)
                            | Q(state="closed", ending="read", answer__isnull=False, closed_at__isnull=False)
                            & ~Q(finding="")
                        ),
                    ),
                ],
            },
        ),
        GuardTable("consent_review", "access_log"),
        GuardSubjects("consent_review", "access_log", ("record_id",), "id"),
        DefinerFunction(MOVES, "consent_review_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(OPEN_REVIEW, "open_review(uuid, uuid, uuid)"),
        DefinerFunction(REVIEWS_FOR, "reviews_for(uuid, uuid, boolean, int, int)"),
        DefinerFunction(LOOKS_OF_REVIEW, "looks_of_review(uuid)"),
    ]
