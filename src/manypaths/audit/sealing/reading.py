"""Rows of both logs as the parts that are hashed. The words of form 1 are for ever: rows were sealed with them.

A new column of a log needs a new form, with its own words beside these; the blocks say by which form they were sealed.
"""

# jsonb writes the same text in every version of the server, and Python's json the same as jsonb. The last part is put
# together by hand, to the same text: a look at a long list has one for each record, and jsonb is slow.
LOOK_PARTS = """
array[
    jsonb_build_array('look', a.seq, extract(epoch from a.at), a.hat, a.membership_id, a.organisation_id,
                      to_jsonb(a.classes), a.purpose)::text,
    jsonb_build_array('look-inner', a.seq, a.xid, a.nonce, a.account_id, to_jsonb(a.denied), cardinality(a.opened),
                      cardinality(a.bases), cardinality(a.subjects))::text
] || array(
    select '["look-record", ' || a.seq || ', ' || coalesce('"' || o.record || '"', 'null') || ', '
           || coalesce(to_json(o.basis)::text, 'null') || ', ' || coalesce('"' || o.subject || '"', 'null') || ']'
      from unnest(a.opened, a.bases, a.subjects) as o(record, basis, subject))
"""
ACT_PARTS = """
array[jsonb_build_array('act', t.id, extract(epoch from t.at), t.xid, t.what, t.account_id, t.hat, t.membership_id,
                        t.organisation_id, t.subject_id, t.record_id)::text]
"""
# The columns that form 1 seals. A test holds this to the tables.
SEALED_COLUMNS = {
    "audit_access": {
        "seq", "at", "xid", "nonce", "account_id", "hat", "membership_id", "organisation_id", "opened", "bases",
        "subjects", "denied", "classes", "purpose",
    },
    "audit_act": {
        "id", "at", "xid", "what", "account_id", "hat", "membership_id", "organisation_id", "subject_id", "record_id",
    },
}  # fmt: skip

UNSEALED = f"""
select a.seq, null::uuid, {LOOK_PARTS}, a.xid from public.audit_access a
 where a.xid >= %(low)s and not exists (select from public.audit_leaf l where l.access_seq = a.seq)
 union all
select null, t.id, {ACT_PARTS}, t.xid from public.audit_act t
 where t.xid >= %(low)s and not exists (select from public.audit_leaf l where l.act_id = t.id)
"""  # noqa: S608  our own words
SEALED = f"""
select l.block, l.place, l.access_seq, l.act_id, l.secret, l.hash,
       case when a.seq is not null then {LOOK_PARTS} when t.id is not null then {ACT_PARTS} end
  from public.audit_leaf l
  left join public.audit_access a on a.seq = l.access_seq
  left join public.audit_act t on t.id = l.act_id
 order by l.block, l.place
"""  # noqa: S608  our own words
BLOCKS = """
select number, at, form, horizon, accesses, acts, root, head, mac, snapshot from public.audit_block order by number
"""
NEWEST = f"{BLOCKS} desc limit 1"
HEAD_AT = "select head from public.audit_block where number = %s"
HEADS_AT = "select number, head from public.audit_block where number = any(%s)"
# Rows that stand in a log and were never sealed, with the number of the transaction they claim to be of.
LEFT_OUT = """
select 'look', a.seq::text, a.xid, a.at from public.audit_access a
 where not exists (select from public.audit_leaf l where l.access_seq = a.seq)
 union all
select 'act', t.id::text, t.xid, t.at from public.audit_act t
 where not exists (select from public.audit_leaf l where l.act_id = t.id)
"""
# Which transactions have ended in this snapshot. One's own has not, when it has a number already.
HORIZON = """
select pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint,
       array(select r::text::bigint from pg_snapshot_xip(s) r)
       || array_remove(array[pg_current_xact_id_if_assigned()::text::bigint], null)
  from pg_current_snapshot() s
"""
# What stands where the logs should, and whether it still only grows.
DISGUISED = """
select c.relname,
       c.relkind = 'r' and not c.relhasrules and not c.relrowsecurity,
       exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgenabled in ('O', 'A')
                  and g.tgname = c.relname || '_only_grows' and g.tgfoid = 'public.audit_refuse()'::regprocedure)
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any(%s)
"""
