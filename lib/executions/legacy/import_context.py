"""What an import needs from the database: customers, people, workflows, open runs, earlier imports."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lib.customers.company_codes_and_limits import CompanyRules
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.errors import InvalidInput
from lib.text.truncate import single_line
from lib.workflows.model import WorkflowVersion
from lib.workflows.repository import VERSIONS_TABLE

PAGE_SIZE = 1000
"""PostgREST cuts a longer answer without a word."""

OPEN_STATUSES = ("active", "snoozed", "escalated")


@dataclass(frozen=True, kw_only=True)
class ImportedPerson:
    id: str
    full_name: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class ImportContext:
    """The company an import goes to.

    `customers`: ids by id and by lower-case name (several where names are alike); `people` by email; `versions` by
    workflow id, newest first; `imported`: the digest of each imported row by id and occurrence.
    """

    company_id: str
    company_name: str
    customers: Mapping[str, tuple[str, ...]]
    people: Mapping[str, ImportedPerson]
    versions: Mapping[str, tuple[WorkflowVersion, ...]]
    open_runs: frozenset[tuple[str, str]]
    imported: Mapping[tuple[str, int], str]
    rules: CompanyRules


def load_import_context(client: Client, company: str) -> ImportContext:
    """Load the context, one request per thousand rows. Raises InvalidInput for an unknown or ambiguous company."""
    found = [row for row in _fetch_all_rows(client, "companies", "id, name") if company in (row["id"], row["name"])]
    if len(found) != 1:
        known = "is not known" if not found else "is the name of several"
        raise InvalidInput(
            f"The company “{single_line(company, max_length=80)}” {known}.", hint="Its id can stand there as well."
        )
    mine: Callable[[Any], Any] = lambda query: query.eq("company_id", found[0]["id"])  # noqa: E731
    runs = _fetch_all_rows(
        client, "workflow_executions", "id, customer_id, workflow_id", lambda q: mine(q).in_("status", OPEN_STATUSES)
    )
    legacy = _fetch_all_rows(
        client, "workflow_legacy_executions", "id, legacy_id, occurrence, digest",
        lambda query: mine(query).not_.is_("execution_id", "null"),
    )  # fmt: skip
    return ImportContext(
        company_id=found[0]["id"],
        company_name=found[0]["name"],
        customers=_index_customer_ids(_fetch_all_rows(client, "customers", "id, name", mine)),
        people={
            row["email"].lower(): ImportedPerson(id=row["id"], full_name=row["full_name"], is_active=row["is_active"])
            for row in _fetch_all_rows(client, "profiles", "id, email, full_name, is_active", mine)
        },
        versions=_fetch_versions_by_workflow(client, found[0]["id"]),
        open_runs=frozenset((row["customer_id"], row["workflow_id"]) for row in runs),
        rules=parse_row(CompanyRules, execute_read(client.rpc("company_rules", {"p_company_id": found[0]["id"]}))),
        imported={(row["legacy_id"], row["occurrence"]): row["digest"] for row in legacy},
    )


def _index_customer_ids(rows: Iterator[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row["id"]] = (row["id"],)
        name = row["name"].strip().casefold()
        found[name] = (*found.get(name, ()), row["id"])
    return found


def _fetch_versions_by_workflow(client: Client, company_id: str) -> dict[str, tuple[WorkflowVersion, ...]]:
    """By workflow id: the company's own where it has one, else stock."""
    either = f"company_id.eq.{company_id},company_id.is.null"
    rows = [
        parse_row(WorkflowVersion, row)
        for row in _fetch_all_rows(client, VERSIONS_TABLE, "*", lambda query: query.or_(either))
    ]
    found: dict[str, tuple[WorkflowVersion, ...]] = {}
    for name in {version.workflow_id for version in rows}:
        named = [version for version in rows if version.workflow_id == name]
        own = [version for version in named if version.company_id is not None]
        found[name] = tuple(sorted(own or named, key=lambda version: -version.version))
    return found


def _fetch_all_rows(
    client: Client, table: str, columns: str, only: Callable[[Any], Any] = lambda query: query
) -> Iterator[Mapping[str, Any]]:
    start = 0
    while True:
        query = only(client.table(table).select(columns)).order("id").range(start, start + PAGE_SIZE - 1)
        rows: list[Mapping[str, Any]] = execute_read(query)
        yield from rows
        if len(rows) < PAGE_SIZE:
            return
        start += PAGE_SIZE
