"""Loads the demo rows into the database in one transaction.

Rows that are there stay as they are, so a second seeding changes nothing and never undoes what people did since. This
room speaks psycopg, past the policies, because it writes what nobody signed in may: other people's rows, in the past.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from lib.db.row_signatures import RowSigner
from lib.demo.customers import Row
from lib.demo.demo_data import DemoData
from lib.demo.ids import build_action_placeholder, build_person_placeholder, build_version_placeholder
from lib.demo.people import DEMO_PEOPLE
from lib.errors import Unavailable

Connection = psycopg.Connection[tuple[Any, ...]]

MESSAGES_TABLE, CALLS_TABLE = "workflow_chat_messages", "workflow_llm_tool_calls"

_PLACEHOLDER_COLUMNS = frozenset(
    {
        "owner_id",
        "author_id",
        "saved_by",
        "actor_id",
        "definition_version_id",
        "snoozed_by",
        "raised_by",
        "assigned_to",
        "created_by",
        "called_by",
        "person_id",
        "from_id",
        "action_id",
        "to",
    }
)
"""Columns, and keys within JSON, that hold one."""
_APPEND_ONLY_TABLES = {
    "workflow_execution_events": ("execution_id", "workflow_executions"),
    "workflow_escalation_comments": ("escalation_id", "workflow_escalations"),
}
"""Tables whose rows have no id of ours: they come with what they hang on, or not at all."""
_EVENT_TRIGGERS = {"workflow_executions": "log_started", "workflow_step_executions": "log_event"}
"""Triggers that write an event for every row, dated now; the book brings its own events with their dates."""

_ANCHOR_TABLE_SQL = """
create table if not exists private.demo_anchor (
  is_only boolean primary key default true check (is_only),
  anchored_at timestamptz not null,
  day date not null,
  edition text not null
);
alter table private.demo_anchor enable row level security;
revoke all on private.demo_anchor from anon, authenticated;
comment on table private.demo_anchor is 'The day the demo book stands at. Only where the demo was seeded.';
comment on column private.demo_anchor.is_only is 'One row at most.';
comment on column private.demo_anchor.anchored_at is 'When the book was last brought up to date.';
comment on column private.demo_anchor.day is 'The day its dates count from.';
comment on column private.demo_anchor.edition is 'Fingerprint of the book as of a fixed day; another, another book.';
"""


def fetch_database_day(connection: Connection) -> date:
    """The database's current day, which its functions count from."""
    row = connection.execute("select current_date").fetchone()
    if row is None:
        raise Unavailable("The database does not say what day it is.")
    day: date = row[0]
    return day


def fetch_demo_anchor(connection: Connection) -> tuple[date, str] | None:
    """The day and edition of the demo seeded here; None before the first seeding."""
    made = connection.execute("select to_regclass('private.demo_anchor')").fetchone()
    if made is None or made[0] is None:
        return None
    row = connection.execute("select day, edition from private.demo_anchor").fetchone()
    return (row[0], row[1]) if row else None


def insert_demo_data(connection: Connection, book: DemoData, edition: str, signer: RowSigner) -> int:
    """Insert the rows that are missing, signed where Zen wrote them; returns how many. Call inside a transaction.

    The history (row_changes) begins after it: the book's own rows are not recorded in it.
    """
    connection.execute("set local client_min_messages = warning")
    connection.execute("select private.begin_change('seed')")
    connection.execute(_ANCHOR_TABLE_SQL)
    stand_ins = _fetch_person_ids(connection) | _fetch_version_ids(connection) | _fetch_action_ids(connection)
    before = {table: _fetch_row_ids(connection, parent) for table, (_, parent) in _APPEND_ONLY_TABLES.items()}
    _set_event_triggers(connection, enabled=False)
    added = 0
    for table, rows in book.tables.items():
        missing = [
            row for row in rows if table not in before or row[_APPEND_ONLY_TABLES[table][0]] not in before[table]
        ]
        resolved = [_resolve_id_placeholders(row, stand_ins) for row in missing]
        added += _insert_rows(connection, table, sign_chat_rows(table, resolved, signer))
    _set_event_triggers(connection, enabled=True)
    _decide_past_prices(connection)
    _backdate_stock_versions(connection, book, stand_ins)
    connection.execute(
        "insert into private.demo_anchor (anchored_at, day, edition) values (now(), %s, %s) on conflict do nothing",
        [book.day, edition],
    )
    return added


def sign_chat_rows(table: str, rows: list[Row], signer: RowSigner) -> list[Row]:
    """Rows of a chat table with their signatures; those of other tables, and a person's messages, as they are."""
    if table == CALLS_TABLE:
        return [row | {"signature": signer.sign_tool_call(row)} for row in rows]
    if table == MESSAGES_TABLE:
        # A row without an answer's id is its own answer.
        answers = [{"answer_id": row["id"]} | row for row in rows]
        return [row | {"signature": None if row["role"] == "user" else signer.sign_message(row)} for row in answers]
    return rows


def _decide_past_prices(connection: Connection) -> None:
    """Date the approvals this seeding asked for as their answers; those of past runs a manager has given."""
    connection.execute(
        """
        update public.price_approvals a
        set created_at = s.updated_at,
            status = case when e.ended_at is null then 'waiting' else 'approved' end,
            decided_by = case when e.ended_at is not null then m.id end,
            decided_at = case when e.ended_at is not null then s.updated_at + interval '3 hours' end
        from public.workflow_executions e
        join public.workflow_step_executions s on s.execution_id = e.id
        join public.profiles m on m.company_id = e.company_id and m.role = 'manager'
        where e.id = a.execution_id and a.created_at = now() and a.status = 'waiting'
          and s.slide_id = case a.subject when 'quote' then 'prepare-quote' else 'pricing-strategy' end
          and m.id <> a.requested_by"""
    )


def _backdate_stock_versions(connection: Connection, book: DemoData, stand_ins: Mapping[str, str]) -> None:
    """Date the stock versions before their first run, not at the seeding of this database."""
    runs = sorted(
        (str(run["started_at"]), str(run["definition_version_id"])) for run in book.tables["workflow_executions"]
    )
    first = {version: started for started, version in reversed(runs)}
    dated = [(started, stand_ins[version]) for version, started in first.items()]
    with connection.cursor() as cursor:
        cursor.executemany(
            "update public.workflow_definition_versions "
            "set created_at = least(created_at, %s::timestamptz - interval '2 days') where id = %s",
            dated,
        )


def _insert_rows(connection: Connection, table: str, rows: list[Row]) -> int:
    if not rows:
        return 0
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in rows[0])
    statement = sql.SQL(
        "insert into public.{table} ({columns}) "
        "select {columns} from jsonb_populate_recordset(null::public.{table}, %s::jsonb) on conflict do nothing"
    ).format(table=sql.Identifier(table), columns=columns)
    return connection.execute(statement, [json.dumps(rows)]).rowcount


def _set_event_triggers(connection: Connection, *, enabled: bool) -> None:
    statement = sql.SQL("alter table public.{} {} trigger {}")
    verb = sql.SQL("enable" if enabled else "disable")
    for table, trigger in _EVENT_TRIGGERS.items():
        connection.execute(statement.format(sql.Identifier(table), verb, sql.Identifier(trigger)))


def _resolve_id_placeholders(row: Row, stand_ins: Mapping[str, str]) -> Row:
    resolved: Row = {}
    for name, value in row.items():
        if isinstance(value, dict):
            resolved[name] = _resolve_id_placeholders(value, stand_ins)
        else:
            resolved[name] = (
                stand_ins.get(value, value) if name in _PLACEHOLDER_COLUMNS and isinstance(value, str) else value
            )
    return resolved


def _fetch_person_ids(connection: Connection) -> dict[str, str]:
    """Placeholder -> profile id of the demo's people; raises Unavailable naming those who have not signed up."""
    emails = [person.email for person in DEMO_PEOPLE]
    rows = connection.execute("select email, id::text from public.profiles where email = any (%s)", [emails]).fetchall()
    found = {str(email): str(person) for email, person in rows}
    absent = [email for email in emails if email not in found]
    if absent:
        raise Unavailable(
            f"These people have signed up but not joined: {', '.join(absent)}.",
            hint="Turn off the confirmation of e-mail addresses, then seed again.",
        )
    return {build_person_placeholder(email): person for email, person in found.items()}


def _fetch_version_ids(connection: Connection) -> dict[str, str]:
    """Placeholder -> id of every version of a stock workflow."""
    rows = connection.execute(
        "select workflow_id, version, id::text from public.workflow_definition_versions where company_id is null"
    ).fetchall()
    if not rows:
        raise Unavailable("There are no stock workflows yet.", hint="Run `python -m lib.workflows seed` first.")
    return {build_version_placeholder(str(workflow), int(version)): str(row_id) for workflow, version, row_id in rows}


def _fetch_action_ids(connection: Connection) -> dict[str, str]:
    """Placeholder -> id of every global action."""
    rows = connection.execute("select kind, id::text from public.saved_actions where company_id is null").fetchall()
    return {build_action_placeholder(str(kind)): str(row_id) for kind, row_id in rows}


def _fetch_row_ids(connection: Connection, table: str) -> set[str]:
    rows = connection.execute(sql.SQL("select id::text from public.{}").format(sql.Identifier(table))).fetchall()
    return {str(row[0]) for row in rows}
