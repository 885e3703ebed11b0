"""A person can take away the proof that each look at them stands in the sealed log, and sees up to when it is sealed.

The proof gives words only of those parts of a look that are the person's own: what everyone in it may read, and what
was opened of them. Of everything else it gives hashes behind salts that are not given away.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction
from manypaths.audit.sealing.reading import LOOK_PARTS

THEIRS = """
    select p_record as id
     union
    select r.org_record_id from referrals_referral r where r.record_id = p_record and r.org_record_id is not null
"""

# The first part and those of the person's own records; the places count from 0, the parts of an array from 1.
PROOFS = f"""
create function proofs_of_looks(p_record uuid, p_account uuid, p_after bigint, p_limit int)
returns table(seq bigint, texts text[], salts bytea[], places int[], part_hashes bytea[], place int,
              row_hashes bytea[], number bigint, at timestamptz, form int, horizon bigint, accesses bigint,
              acts bigint, root bytea, head bytea, previous bytea)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    with theirs as ({THEIRS}), looks as (
        select a.*, l.block, l.place as leaf_place, l.secret
          from audit_access a join audit_leaf l on l.access_seq = a.seq
         where a.seq in (select o.seq from theirs t join audit_access o on o.opened @> array[t.id])
           and a.account_id is distinct from p_account and a.seq > p_after
         order by a.seq limit p_limit
    ), parts as (
        select a.seq, p.text, (p.number - 1)::int as place, sha256(a.secret || int4send((p.number - 1)::int)) as salt,
               p.number = 1 or exists (select from theirs t where t.id = a.opened[(p.number - 2)::int]) as is_theirs
          from looks a cross join lateral unnest({LOOK_PARTS}) with ordinality as p(text, number)
    ), shown as (
        select p.seq, array_agg(p.text order by p.place) filter (where p.is_theirs) as texts,
               array_agg(p.salt order by p.place) filter (where p.is_theirs) as salts,
               array_agg(p.place order by p.place) filter (where p.is_theirs) as places,
               array_agg(sha256('\\x00'::bytea || p.salt || convert_to(p.text, 'UTF8')) order by p.place) as hashes
          from parts p group by p.seq
    )
    select a.seq, s.texts, s.salts, s.places, s.hashes, a.leaf_place::int,
           array(select n.hash from audit_leaf n where n.block = a.block order by n.place),
           b.number, b.at, b.form::int, b.horizon, b.accesses, b.acts, b.root, b.head,
           coalesce((select e.head from audit_block e where e.number = b.number - 1), decode(repeat('00', 32), 'hex'))
      from looks a join shown s on s.seq = a.seq join audit_block b on b.number = a.block
     order by a.seq;
end $$
"""  # noqa: S608  our own words

SEAL = f"""
create function seal_of_looks(p_record uuid, p_account uuid)
returns table(sealed_at timestamptz, waiting bigint, sealed bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    with theirs as ({THEIRS}), looks as (
        select distinct a.seq from theirs t join audit_access a on a.opened @> array[t.id]
         where a.account_id is distinct from p_account
    )
    select (select b.at from audit_block b order by b.number desc limit 1),
           count(*) filter (where l.access_seq is null), count(l.access_seq)
      from looks a left join audit_leaf l on l.access_seq = a.seq;
end $$
"""  # noqa: S608  our own words


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0011_an_account_of_what_was_given"),
        ("audit", "0005_sealed_in_a_chain"),
    ]
    operations = [
        DefinerFunction(PROOFS, "proofs_of_looks(uuid, uuid, bigint, int)"),
        DefinerFunction(SEAL, "seal_of_looks(uuid, uuid)"),
    ]
