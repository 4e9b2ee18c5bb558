"""Compare the schemas of two databases: python -m tests.database.catalogue URL URL

Prints what one lacks or has otherwise (`-` before, `+` after) and exits with 1 if there is anything. The order of
columns and rows, blanks and comments within a function, and the names of `not null` constraints make no difference.
"""

import re
import sys
from collections.abc import Iterator

import psycopg

SCHEMAS = "('public', 'private')"

# Each gives rows of (what it is, how it is made). `{schemas}` are the schemas compared.
QUERIES = {
    "schema": """
        select nspname, concat_ws(' ', obj_description(oid, 'pg_namespace')) from pg_namespace
        where nspname in {schemas}
    """,
    "relation": """
        select c.oid::regclass::text, concat_ws(' | ', c.relkind, c.relrowsecurity, c.relforcerowsecurity,
          c.reloptions, obj_description(c.oid, 'pg_class'), case when c.relkind = 'v' then pg_get_viewdef(c.oid) end)
        from pg_class c where c.relnamespace::regnamespace::text in {schemas} and c.relkind in ('r', 'v', 'm', 'p', 'S')
    """,
    "column": """
        select format('%s.%s', c.oid::regclass, a.attname), concat_ws(' | ', format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then 'not null' end, a.attidentity, a.attgenerated,
          pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace::regnamespace::text in {schemas} and c.relkind in ('r', 'v', 'm', 'p', 'c')
          and a.attnum > 0 and not a.attisdropped
    """,
    "constraint": """
        select format('%s %s', coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text), conname),
          pg_get_constraintdef(oid)
        from pg_constraint where connamespace::regnamespace::text in {schemas} and contype <> 'n'
    """,
    "index": """
        select indexrelid::regclass::text, pg_get_indexdef(indexrelid) || coalesce((
          select string_agg(format(' statistics %s %s', a.attnum, a.attstattarget), '') from pg_attribute a
          where a.attrelid = indexrelid and a.attstattarget >= 0), '')
        from pg_index join pg_class c on c.oid = indexrelid where c.relnamespace::regnamespace::text in {schemas}
    """,
    "policy": """
        select format('%s.%s %s', schemaname, tablename, policyname),
          concat_ws(' | ', permissive, roles, cmd, qual, with_check)
        from pg_policies where schemaname in {schemas}
    """,
    "trigger": """
        select format('%s %s', tgrelid::regclass, tgname), pg_get_triggerdef(t.oid)
        from pg_trigger t join pg_proc p on p.oid = tgfoid
        where not tgisinternal and p.pronamespace::regnamespace::text in {schemas}
    """,
    "function": """
        select oid::regprocedure::text, concat_ws(' | ', pg_get_functiondef(oid), obj_description(oid, 'pg_proc'))
        from pg_proc where pronamespace::regnamespace::text in {schemas} and prokind <> 'a'
    """,
    "type": """
        select t.oid::regtype::text, concat_ws(' | ', t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull,
          t.typdefault, obj_description(t.oid, 'pg_type'))
        from pg_type t left join pg_class c on c.oid = t.typrelid
        where t.typnamespace::regnamespace::text in {schemas} and (t.typtype in ('d', 'e') or c.relkind = 'c')
    """,
    "grant": """
        with owned (kind, name, acl, owner, type) as (
          select 'schema', nspname::text, nspacl, nspowner, 'n'::"char" from pg_namespace where nspname in {schemas}
          union all
          select 'function', oid::regprocedure::text, proacl, proowner, 'f' from pg_proc
          where pronamespace::regnamespace::text in {schemas}
          union all
          select 'relation', oid::regclass::text, relacl, relowner, case relkind when 'S' then 's'::"char" else 'r' end
          from pg_class where relnamespace::regnamespace::text in {schemas} and relkind in ('r', 'v', 'm', 'p', 'S')
        ),
        granted (kind, name, acl) as (
          select kind, name, coalesce(acl, acldefault(type, owner)) from owned
          union all
          select 'column', format('%s.%s', attrelid::regclass, attname), attacl
          from pg_attribute join pg_class c on c.oid = attrelid
          where c.relnamespace::regnamespace::text in {schemas} and attacl is not null and not attisdropped
          union all
          select 'default', concat_ws(' ', defaclobjtype, nullif(defaclnamespace, 0)::regnamespace), defaclacl
          from pg_default_acl where defaclrole = 'postgres'::regrole
        )
        select format('%s %s to %s', kind, name, coalesce(nullif(a.grantee, 0)::regrole::text, 'public')),
          string_agg(privilege_type, ', ' order by privilege_type)
        from granted cross join lateral aclexplode(acl) a
        group by 1
    """,
}

Catalogue = dict[str, str]


def read_catalogue(url: str) -> Catalogue:
    """What the schemas hold, by kind and name."""
    with psycopg.connect(url) as connection:
        connection.execute("set search_path = ''")
        return {
            f"{kind} {name}": normalize(definition)
            for kind, query in QUERIES.items()
            for name, definition in connection.execute(query.replace("{schemas}", SCHEMAS)).fetchall()
        }


def normalize(definition: str) -> str:
    """The definition without comments and with single blanks."""
    without_comments = re.sub(r"(?m)(^|\s)--[^\n]*", r"\1", definition)
    return re.sub(r"\s+", " ", without_comments).strip()


def differences(before: Catalogue, after: Catalogue) -> Iterator[str]:
    """One or two lines for each thing that is not the same: `-` as before, `+` as after."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield from (f"{sign} {name}: {text}" for sign, text in (("-", old), ("+", new)) if text is not None)


def main(before: str, after: str) -> int:
    found = list(differences(read_catalogue(before), read_catalogue(after)))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
