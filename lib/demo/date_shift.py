"""The book kept from ageing: its companies' rows move ahead by whole weeks, so that weekdays stay what they were.

What the book brought, and every day still to come, moves by exactly that. What people did since then happened between
then and now; it keeps its order there and never lands in the future.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from psycopg import sql

from lib.db.row_signatures import RowSigner
from lib.demo.demo_loader import (
    CALLS_TABLE,
    MESSAGES_TABLE,
    Connection,
    fetch_database_day,
    fetch_demo_anchor,
    sign_chat_rows,
)
from lib.demo.ids import derive_company_id
from lib.demo.people import NEIGHBOUR, VENDOR

_COMPANIES = [derive_company_id(VENDOR), derive_company_id(NEIGHBOUR)]
_FIXED = ("companies", "profiles", "company_invites", "today_lists", "row_changes", "customer_scores")
"""Tables that tell when people joined, what Today listed on a day (an earlier list must not become today's), and when
who changed what; scores are kept anew."""

_SIGNED_TABLES = (MESSAGES_TABLE, CALLS_TABLE)

_HAPPENED = frozenset(
    {
        "happened_on",
        "responded_on",
        "opened_on",
        "solved_on",
        "last_contact_on",
        "left_on",
        "customer_since",
        "created_at",
        "updated_at",
        "started_at",
        "ended_at",
        "completed_at",
        "archived_at",
        "acknowledged_at",
        "seen_at",
        "done_at",
        "read_at",
        "undone_at",
        "decided_at",
        "superseded_at",
        "imported_at",
    }
)
"""Columns that tell what has happened. Any other day or moment is a plan and may lie ahead."""

_SHIFT_EXPRESSIONS = {
    ("date", True): "case when {c} <= current_date then least({c} + %(days)s, current_date) else {c} + %(days)s end",
    ("date", False): "{c} + %(days)s",
    ("timestamp with time zone", True): (
        "case when {c} between %(begin)s and now() then %(landing)s + ({c} - %(begin)s) * "
        "(extract(epoch from now() - %(landing)s) / extract(epoch from now() - %(begin)s))::float8 "
        "else {c} + %(span)s end"
    ),
    ("timestamp with time zone", False): "{c} + %(span)s",
}
"""By type, and whether it tells what has happened: the new value of a column."""

_TEMPORARY_OFFSET = 99_995
"""Days. Weeks are unique by customer, row by row: they go far away first, then to their place."""

_DATE_PATTERN = re.compile(r'"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}[0-9:.]*(?:Z|[+-]\d{2}:\d{2}))?"')
"""A string of JSON that is a day or a moment and nothing else."""


@dataclass(frozen=True)
class DateShift:
    """From the day the book stood at, by whole weeks in days."""

    anchor: date
    days: int
    now: datetime

    def shift_moment(self, moment: datetime) -> datetime:
        """As `_MOVES` moves a column that tells what has happened."""
        begin = datetime.combine(self.anchor, time(), UTC)
        landing = begin + timedelta(days=self.days)
        if begin <= moment <= self.now:
            return landing + (moment - begin) * ((self.now - landing) / (self.now - begin))
        return moment + timedelta(days=self.days)

    @property
    def sql_parameters(self) -> dict[str, object]:
        begin = datetime.combine(self.anchor, time(), UTC)
        span = timedelta(days=self.days)
        return {"days": self.days, "companies": _COMPANIES, "begin": begin, "span": span, "landing": begin + span}


def shift_demo_dates(connection: Connection, signer: RowSigner) -> int:
    """Bring the dates up to this week; by how many days they moved. Call inside a transaction.

    0 when nothing was seeded here, or it is younger than a week. What was signed is signed again, and nothing else.
    """
    anchor = fetch_demo_anchor(connection)
    if anchor is None:
        return 0
    days = (fetch_database_day(connection) - anchor[0]).days // 7 * 7
    if days <= 0:
        return 0
    shift = DateShift(anchor[0], days, datetime.now(UTC))
    # Those the worker has taken since would come to stand in the future.
    connection.execute(
        "delete from public.forecast_snapshots where company_id = any (%s::uuid[]) and week_starts_on > %s",
        [_COMPANIES, anchor[0]],
    )
    signed = {table: _list_authentic_row_ids(connection, table, signer) for table in _SIGNED_TABLES}
    for table, columns in _find_date_columns(connection):
        connection.execute(sql.SQL("alter table public.{} disable trigger user").format(sql.Identifier(table)))
        _shift_date_columns(connection, table, columns, shift)
        for column in (name for name, kind in columns.items() if kind == "jsonb"):
            _shift_dates_in_json(connection, table, column, shift)
        _sign_rows_again(connection, table, signed.get(table, []), signer)
        connection.execute(sql.SQL("alter table public.{} enable trigger user").format(sql.Identifier(table)))
    connection.execute(
        "update public.workflow_definition_versions set created_at = least(created_at + %s, now()) "
        "where company_id is null",
        [timedelta(days=days)],
    )
    connection.execute("delete from public.customer_scores where company_id = any (%s::uuid[])", [_COMPANIES])
    connection.execute("update private.demo_anchor set day = day + %s, anchored_at = now()", [days])
    return days


def _list_authentic_row_ids(connection: Connection, table: str, signer: RowSigner) -> list[str]:
    """The rows of a chat table that Zen signed, before their dates move."""
    is_authentic = signer.is_tool_call_authentic if table == CALLS_TABLE else signer.is_message_authentic
    found = connection.execute(
        sql.SQL(
            "select to_jsonb(t) from public.{} t where company_id = any (%s::uuid[]) and signature is not null"
        ).format(sql.Identifier(table)),
        [_COMPANIES],
    )
    return [str(row["id"]) for (row,) in found if is_authentic(row)]


def _sign_rows_again(connection: Connection, table: str, row_ids: list[str], signer: RowSigner) -> None:
    """Sign what was signed before its days moved; what somebody inserted does not become Zen's."""
    if not row_ids:
        return
    name = sql.Identifier(table)
    select = sql.SQL("select to_jsonb(t) from public.{} t where id = any (%s::uuid[])").format(name)
    rows = [row for (row,) in connection.execute(select, [row_ids]).fetchall()]
    signed = [[row["signature"], row["id"]] for row in sign_chat_rows(table, rows, signer)]
    with connection.cursor() as cursor:
        cursor.executemany(sql.SQL("update public.{} set signature = %s where id = %s").format(name), signed)


def _find_date_columns(connection: Connection) -> Iterator[tuple[str, dict[str, str]]]:
    """Every table of a company's rows, with the type of each column that holds days."""
    rows = connection.execute(
        "select c.table_name::text, c.column_name::text, c.data_type::text "
        "from information_schema.columns c join information_schema.tables t using (table_schema, table_name) "
        "where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' "
        "and (c.data_type in ('date', 'timestamp with time zone', 'jsonb')) and exists ("
        "  select from information_schema.columns k where k.table_schema = 'public' "
        "  and k.table_name = c.table_name and k.column_name = 'company_id') order by 1, 2"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        if table not in _FIXED:
            tables.setdefault(str(table), {})[str(column)] = str(kind)
    yield from tables.items()


def _shift_date_columns(connection: Connection, table: str, columns: Mapping[str, str], shift: DateShift) -> None:
    moves = [
        sql.SQL("{c} = " + _SHIFT_EXPRESSIONS[kind, column in _HAPPENED]).format(c=sql.Identifier(column))
        for column, kind in columns.items()
        if kind != "jsonb" and column != "week_starts_on"
    ]
    if "week_starts_on" in columns:
        away = "update public.{} set week_starts_on = week_starts_on + %s where company_id = any (%s::uuid[])"
        for step in (_TEMPORARY_OFFSET, shift.days - _TEMPORARY_OFFSET):
            connection.execute(sql.SQL(away).format(sql.Identifier(table)), [step, _COMPANIES])
    statement = sql.SQL("update public.{} set {} where company_id = any (%(companies)s::uuid[])")
    connection.execute(statement.format(sql.Identifier(table), sql.SQL(", ").join(moves)), shift.sql_parameters)


def _shift_dates_in_json(connection: Connection, table: str, column: str, shift: DateShift) -> None:
    """Days and moments inside JSON: answers, what events tell, charts."""
    names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
    found = connection.execute(
        sql.SQL("select id, {c}::text from public.{t} where company_id = any (%s::uuid[]) and {c}::text ~ %s").format(
            **names
        ),
        [_COMPANIES, _DATE_PATTERN.pattern],
    ).fetchall()
    if found:
        moved = [[_DATE_PATTERN.sub(lambda found: _shift_matched_date(found, shift), text), key] for key, text in found]
        with connection.cursor() as cursor:
            cursor.executemany(sql.SQL("update public.{t} set {c} = %s::jsonb where id = %s").format(**names), moved)


def _shift_matched_date(found: re.Match[str], shift: DateShift) -> str:
    """The day, or the moment; one between the book's day and now keeps its place between then and now."""
    try:
        if found[2] is None:
            return f'"{(date.fromisoformat(found[1]) + timedelta(days=shift.days)).isoformat()}"'
        moment = datetime.fromisoformat(found[1] + found[2])
        return f'"{shift.shift_moment(moment).isoformat()}"'
    except (ValueError, OverflowError):
        return found[0]
