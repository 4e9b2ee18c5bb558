"""Days, percentages and amounts are bounded wherever they are stored."""

import json

import psycopg
import pytest

from tests.database.factories import AccountFactory, fetch_rows, insert_row

# Every column that is a day, a percentage or money, and is not computed.
COLUMNS = """
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and coalesce(nullif(t.typbasetype, 0), t.oid) = {base}::regtype"""


@pytest.fixture
def account(new_account) -> AccountFactory:
    return new_account()


def test_every_stored_day_has_the_domain(sql):
    days = fetch_rows(sql, COLUMNS.format(base="'date'"))
    assert days
    assert [row for row in days if row["type"] != "private.day"] == []


@pytest.mark.parametrize("day", ["1899-12-31", "3000-01-01", "infinity", "-infinity", "0044-03-15 BC"])
def test_a_day_outside_of_1900_to_2999_is_refused(sql, account, day):
    with pytest.raises(psycopg.errors.CheckViolation):
        insert_row(sql, "contacts", **owned(account), name="Ines", role="user", last_contact_on=day)


@pytest.mark.parametrize("day", ["1900-01-01", "2999-12-31"])
def test_the_first_and_the_last_day_are_stored(sql, account, day):
    assert insert_row(sql, "contacts", **owned(account), name="Ines", role="user", last_contact_on=day)


@pytest.mark.parametrize(
    "terms",
    [
        {"annual_price_per_seat": "NaN"},
        {"annual_price_per_seat": -1},
        {"discount_percent": "NaN"},
        {"discount_percent": 101},
        {"uplift_cap_percent": "NaN"},
    ],
)
def test_an_amount_that_is_no_number_or_out_of_range_is_refused(account, terms):
    with pytest.raises(psycopg.errors.CheckViolation):
        account.insert_contract(**terms)


@pytest.mark.parametrize("amount", ["Infinity", "-Infinity"])
def test_an_infinite_amount_is_refused(account, amount):
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NumericValueOutOfRange)):
        account.insert_contract(annual_price_per_seat=amount)


def test_every_stored_amount_refuses_what_is_no_number(sql):
    """Its domain or a check of its table has an upper bound: NaN is greater than every number."""
    amounts = fetch_rows(sql, COLUMNS.format(base="'numeric'"))
    checks = fetch_rows(
        sql, "select conrelid::regclass::text as table, pg_get_constraintdef(oid) as rule from pg_constraint"
    )
    unbounded = [
        row
        for row in amounts
        if not row["type"].startswith("private.")
        and not any(f"({row['column']} <= " in check["rule"] for check in checks if check["table"] == row["table"])
    ]
    assert amounts
    assert unbounded == []


UNBOUNDED = """
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and a.atttypid in (
        'date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype, 'time'::regtype, 'timetz'::regtype,
        'interval'::regtype, 'numeric'::regtype, 'real'::regtype, 'float8'::regtype, 'money'::regtype,
        'jsonb'::regtype)
      and not (c.relname = 'row_changes' and a.attname in ('before', 'after'))
      and not (c.relname in ('import_rows', 'import_undo_rows') and a.atttypid = 'jsonb'::regtype)
      and not exists (
        select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
          and (pg_get_constraintdef(k.oid) like '%%(' || a.attname || ' <= %%'
            or pg_get_constraintdef(k.oid)
              ~ ('private.is_(readable_json|slide_contexts|chat_branches|suggestion_rule|trigger_rule)[(]'
                || a.attname || '[)]')))
    order by 1, 2"""


def test_no_column_of_a_table_holds_an_unbounded_day_moment_number_or_document(sql):
    """Its type is a domain of the private schema, or a check of its table has an upper bound.

    Or it is a copy of a row, as a trigger recorded it (row_changes), whose own columns are bounded. Or it is part of an
    import: a check for each of 200,000 rows would take its time at every step, so stage_import_rows checks them once.
    """
    assert fetch_rows(sql, UNBOUNDED) == []


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "0044-03-15 BC", "3000-01-01 00:00+00", "20000-01-01"])
def test_a_moment_outside_of_1900_to_2999_is_refused(sql, account, moment):
    with pytest.raises(psycopg.errors.CheckViolation):
        insert_row(sql, "contacts", **owned(account), name="Ines", role="user", created_at=moment)


HUGE = {
    "1e400": '{"a": 1e400}',
    "many digits": '{"a": [' + "9" * 5000 + "]}",
    "below": '{"a": {"b": -1e19}}',
    "deep": "[" * 100 + "]" * 100,
    "deep objects": '{"a":' * 100 + "1" + "}" * 100,
}


@pytest.mark.parametrize("document", HUGE.values(), ids=HUGE)
def test_a_document_that_python_cannot_read_is_told_apart(sql, document):
    assert sql.execute("select private.is_readable_json(%s)", [document]).fetchone() == (False,)


def test_an_ordinary_document_is_accepted(sql):
    document = {"a": [1.5, -(10**17), "9" * 5000, None, True, {"b": {"c": ["1e400"]}}]}
    assert sql.execute("select private.is_readable_json(%s)", [json.dumps(document)]).fetchone() == (True,)


def owned(account: AccountFactory) -> dict[str, object]:
    return {"company_id": account.company_id, "customer_id": account.id}
