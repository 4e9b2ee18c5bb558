"""Who may do what with every table, in the words of docs/architecture.md. A new table needs a block here.

A rule names who is allowed; everybody else must be refused. "company" is everyone in it, "own" the person it belongs
to, "leaders" managers and admins, "members" everyone who belongs to any company. `row` gives the values of a row as
`me` would write it, `change` what an update sends. Brackets tell apart the cases of one table.
"""

import itertools
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from tests.database.factories import fetch_value, insert_row
from tests.security.fixtures import TenantFixtures

PEOPLE = ("anon", "uninvited", "other company", "colleague", "owner", "manager", "admin")

ALLOWED: dict[str, set[str]] = {
    "nobody": set(),
    "admins": {"admin"},
    "leaders": {"manager", "admin"},
    "own": {"owner"},
    "managers": {"manager"},
    "own + leaders": {"owner", "manager", "admin"},
    "company": {"colleague", "owner", "manager", "admin"},
    "members": {"other company", "colleague", "owner", "manager", "admin"},
}

Row = Callable[[TenantFixtures, uuid.UUID], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Rules:
    row: Row
    select: str
    insert: str = "nobody"
    update: str = "nobody"
    delete: str = "nobody"
    change: Callable[[uuid.UUID], dict[str, Any]]
    existing: Callable[[TenantFixtures], uuid.UUID] | None = None
    key: str = "id"

    def allowed(self, verb: str) -> set[str]:
        return ALLOWED[getattr(self, verb)]


def of_customer(
    change: dict[str, Any], values: Callable[[uuid.UUID], dict[str, Any]], *, by: str = "own + leaders"
) -> Rules:
    """What hangs on a customer: the company reads it; whoever may write the customer writes it, unless said `by`."""
    return Rules(
        select="company",
        insert=by,
        update=by,
        delete=by,
        row=lambda world, me: {"company_id": world.company.id, "customer_id": world.insert_customer(), **values(me)},
        change=lambda _me: change,
    )


def of_thread(values: dict[str, Any], *, shared: bool = False, **rules: Any) -> Rules:
    """What hangs on a conversation: read as the conversation is, written by the person who holds it."""
    return Rules(
        select="company" if shared else "own + leaders",
        insert="own",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "thread_id": world.insert_thread(shared=shared),
            **values,
        },
        **rules,
    )


def definition(company_id: uuid.UUID | None, me: uuid.UUID | None, **changes: Any) -> dict[str, Any]:
    words = {"name": "Ours", "category": "renewal", "slide_sequence": ["greeting"], "workflow_id": f"w-{uuid.uuid4()}"}
    return {**words, "company_id": company_id, "created_by": me} | changes


def draft(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    words = {"name": "Ours", "category": "renewal", "slide_sequence": ["greeting"], "workflow_id": f"w-{uuid.uuid4()}"}
    return {**words, "company_id": world.company.id, "author_id": me, "base_version_id": world.version}


def comment(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    """On a draft of the manager's: one for all, as nobody has many."""
    owner = world.company.manager.id
    found = fetch_value(world.sql, "select min(id::text) from public.workflow_drafts where author_id = %s", owner)
    of = found or insert_row(world.sql, "workflow_drafts", **draft(world, owner))
    words = {"slide_id": "greeting", "body": "Shorter?"}
    return {**words, "company_id": world.company.id, "draft_id": of, "author_id": me}


def book_view(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    words = {"name": str(uuid.uuid4()), "filter": {"segment": "smb"}, "sort": "arr.desc", "shown_columns": ["arr"]}
    return {**words, "company_id": world.company.id, "owner_id": me}


def forecast_call(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    of = {"company_id": world.company.id, "customer_id": world.insert_customer()}
    contract = insert_row(world.sql, "contracts", starts_on="2026-01-01", ends_on="2027-01-01", **of, **TERMS)
    return of | {"contract_id": contract, "level": "csm", "revision": 1, "category": "commit", "called_by": me}


PAST_MONDAYS = (date(1900, 1, 1) + timedelta(weeks=n) for n in itertools.count())
"""Mondays long before any snapshot."""


def forecast_snapshot(world: TenantFixtures) -> dict[str, Any]:
    monday = next(PAST_MONDAYS)
    return {"company_id": world.company.id, "week_starts_on": monday, "day": monday}


def forecast_snapshot_row(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    snapshot = insert_row(world.sql, "forecast_snapshots", **forecast_snapshot(world))
    figures = {"segment": "mid", "renews_on": "2026-01-05", "arr": 100, "share": 0.9, "computed": 90}
    of = {"company_id": world.company.id, "customer_id": world.insert_customer(), "owner_id": me}
    return of | figures | {"snapshot_id": snapshot, "contract_id": uuid.uuid4()}


def version(world: TenantFixtures, company_id: uuid.UUID | None) -> dict[str, Any]:
    of = insert_row(world.sql, "workflow_definitions", **definition(company_id, None, status="archived"))
    world.delete_later(of, company_id)
    words = {"name": "Ours", "description": "", "category": "renewal", "slide_sequence": ["greeting"]}
    return {
        **words,
        "company_id": company_id,
        "definition_id": of,
        "workflow_id": "w",
        "version": 1,
        "slide_contexts": {},
    }


TRIGGER = {"period_days": 90, "notice_within_days": 60}


def execution(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    pinned = {"workflow_id": "our-renewal", "definition_version_id": world.version, "current_slide": "greeting"}
    return {"company_id": world.company.id, "customer_id": world.insert_customer(), "owner_id": me, **pinned}


def branch(world: TenantFixtures, company_id: uuid.UUID | None, me: uuid.UUID | None) -> dict[str, Any]:
    of = world.definition if company_id else version(world, None)["definition_id"]
    words = {"slide_id": "greeting", "branch_key": str(uuid.uuid4()), "branch_type": "fixed", "label": "Why?"}
    said = {"response_text": "Because.", "status": "published"}
    return {**words, **said, "company_id": company_id, "definition_id": of, "created_by": me}


def thread(world: TenantFixtures, me: uuid.UUID, *, shared: bool) -> dict[str, Any]:
    where = {"execution_id": world.insert_run(), "slide_id": "greeting"}
    return {"company_id": world.company.id, "owner_id": me, "is_shared": shared, **where}


def feedback(world: TenantFixtures, me: uuid.UUID, *, shared: bool) -> dict[str, Any]:
    where = {"company_id": world.company.id, "thread_id": world.insert_thread(shared=shared)}
    message = insert_row(world.sql, "workflow_chat_messages", **where, **MESSAGE)
    return {"company_id": world.company.id, "message_id": message, "person_id": me, "thumbs": 1}


def priced(world: TenantFixtures, me: uuid.UUID) -> dict[str, Any]:
    return {"company_id": world.company.id, "execution_id": world.insert_run(), "priced_by": me}


def of_run(world: TenantFixtures) -> dict[str, Any]:
    run = world.insert_run()
    customer = fetch_value(world.sql, "select customer_id from public.workflow_executions where id = %s", run)
    return {"company_id": world.company.id, "execution_id": run, "customer_id": customer}


def asked_of(world: TenantFixtures, me: uuid.UUID, to: uuid.UUID | None = None) -> dict[str, Any]:
    asked = {"raised_by": me, "assigned_to": to or world.company.other_csm.id}
    return asked | {"severity": "high", "ask": "May we?", "respond_by": "2030-01-01"}


def escalation(world: TenantFixtures, to: uuid.UUID | None = None) -> uuid.UUID:
    """Another one the owner raised, to the colleague where nobody else is named."""
    return insert_row(world.sql, "workflow_escalations", **of_run(world), **asked_of(world, world.owner.id, to))


def escalated(world: TenantFixtures) -> uuid.UUID:
    """Another run of the owner's, in the colleague's hands."""
    values = execution(world, world.owner.id) | {"status": "escalated"}
    run = insert_row(world.sql, "workflow_executions", **values)
    of = {"company_id": world.company.id, "execution_id": run, "customer_id": values["customer_id"]}
    insert_row(world.sql, "workflow_escalations", **of, **asked_of(world, world.owner.id))
    return run


def global_action(world: TenantFixtures) -> uuid.UUID:
    """Another one, archived, so that it is offered to nobody."""
    action = insert_row(world.sql, "saved_actions", kind="custom", name=str(uuid.uuid4()), archived_at="2026-01-01")
    world.delete_later(action, None)
    return action


def follow_up(world: TenantFixtures, *, made_by: uuid.UUID, given_to: uuid.UUID) -> dict[str, Any]:
    people = {"created_by": made_by, "assigned_to": given_to, "customer_id": world.insert_customer()}
    return people | {"company_id": world.company.id, "title": "Call Ines", "due_on": "2030-01-01"}


def legacy(world: TenantFixtures) -> dict[str, Any]:
    return {"company_id": world.company.id, "legacy_id": str(uuid.uuid4()), "source": {"status": "completed"}}


def code_row(words: dict[str, Any], company_id: uuid.UUID | None) -> dict[str, Any]:
    """A row of a list of codes, under a code nobody has."""
    if "approver_role" in words:
        return words | {"up_to_percent": random.randint(3100, 9900) / 100, "company_id": company_id}
    place = {"position": random.randint(100, 2**31 - 1), "company_id": company_id}
    return words | place | {"code": "x" + uuid.uuid4().hex.translate(LETTERS)}


def change_of(world: TenantFixtures, person: uuid.UUID) -> dict[str, Any]:
    """A change of a row that is gone again, by a person."""
    of = {"company_id": world.company.id, "table_name": "contacts", "row_id": uuid.uuid4(), "changed_by": person}
    return of | {"operation": "delete", "before": {"name": "Ines Ortega"}, "source": "person"}


def company_code_row(world: TenantFixtures, table: str, words: dict[str, Any]) -> Any:
    """A row of a list of codes of the company. Of approval bands it has one for each role."""
    if table != "approval_bands":
        return insert_row(world.sql, table, **code_row(words, world.company.id))
    band = """
        insert into public.approval_bands as b (company_id, approver_role, up_to_percent) values (%s, %s, 31)
        on conflict (company_id, approver_role, approver_id) do update set up_to_percent = 31 returning id"""
    return fetch_value(world.sql, band, world.company.id, words["approver_role"])


DIGEST_PREFERENCES = """
    insert into public.digest_preferences as d (company_id, person_id) values (%s, %s)
    on conflict (person_id) do update set email_on = d.email_on returning id"""


def insert_change(world: TenantFixtures, person: uuid.UUID) -> uuid.UUID:
    change = change_of(world, person)
    columns, values = ", ".join(change), [Jsonb(v) if isinstance(v, dict) else v for v in change.values()]
    places = ", ".join(["%s"] * len(values))
    world.sql.execute(f"insert into public.row_changes ({columns}) values ({places})", values)
    return change["row_id"]


def erasure(world: TenantFixtures) -> dict[str, Any]:
    of = {"company_id": world.company.id, "subject": "contact", "subject_id": uuid.uuid4()}
    return of | {"mode": "remove", "reason": "Asked for by letter."}


def score(world: TenantFixtures) -> dict[str, Any]:
    counts = dict.fromkeys(("recent_tickets", "open_tickets", "open_p1", "survey_answers"), 0)
    of = {"company_id": world.company.id, "customer_id": world.insert_customer(), "day": "2026-01-01"}
    return of | counts | {"health_rule_version": 1, "is_history": True}


def insert_score(world: TenantFixtures) -> uuid.UUID:
    values = score(world)
    columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
    world.sql.execute(f"insert into public.customer_scores ({columns}) values ({places})", [*values.values()])
    return values["customer_id"]


def score_rule(company_id: uuid.UUID | None) -> dict[str, Any]:
    rules = {"weights": {"arr": 30, "deadline": 40, "signals": 30}, "today_from": 40}
    return {"company_id": company_id, "kind": "priority", "version": random.randint(2, 2**31 - 1), "rules": rules}


def stock_row(world: TenantFixtures, table: str) -> uuid.UUID:
    """One that is there: another would be in every company's list."""
    return fetch_value(world.sql, f"select id from public.{table} where company_id is null limit 1")


UNLISTED_DAYS = (date(1900, 1, 1) + timedelta(days=n) for n in itertools.count())
"""Days long before any list of Today."""


def imported_file(world: TenantFixtures) -> dict[str, Any]:
    words = {"kind": "customers", "file_name": "export.csv", "source": "crm", "headers": ["Name"], "mapping": {}}
    return words | {"company_id": world.company.id, "default_owner_id": world.owner.id}


def of_import(world: TenantFixtures) -> dict[str, Any]:
    made = insert_row(world.sql, "imports", **imported_file(world))
    world.delete_later(made, world.company.id)
    return {"company_id": world.company.id, "import_id": made}


def import_undo(world: TenantFixtures) -> dict[str, Any]:
    of = of_import(world)
    return of | {"source_id": of["import_id"]}


LETTERS = str.maketrans("0123456789", "ghijklmnop")
CODE_TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "outcome_codes": ({"label": "Matrix", "categories": ["risk"]}, {"needs_reason": True}),
    "severities": ({"label": "Matrix", "response_days": 3}, {"response_days": 300}),
    "skip_reasons": ({"label": "Matrix"}, {"needs_words": True}),
    "approval_bands": ({"approver_role": "csm"}, {"approver_role": "manager"}),
}
CUSTOMER_WORDS = {"name": "Acme", "segment": "mid", "customer_since": "2025-01-01"}
TERMS = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 10, "annual_price_per_seat": 100}
MESSAGE = {"role": "user", "content": {"text": "Hello"}}
CONTEXT = {"system_prompt": "Be brief.", "model": "rules"}

MATRIX: dict[str, Rules] = {
    # People and tenancy
    "companies": Rules(
        select="company",
        row=lambda _world, _me: {"name": "Mine"},
        change=lambda _me: {"name": "Mine"},
        existing=lambda world: world.company.id,
    ),
    "profiles": Rules(
        select="company",
        update="admins",
        row=lambda world, _me: {
            "id": uuid.uuid4(),
            "company_id": world.company.id,
            "email": "me@zen.test",
            "full_name": "Me",
            "role": "admin",
        },
        change=lambda _me: {"full_name": str(uuid.uuid4())},
        existing=lambda world: world.owner.id,
    ),
    "company_settings": Rules(
        select="company",
        row=lambda world, _me: {"company_id": world.company.id},
        change=lambda _me: {"currency": "EUR"},
        existing=lambda world: fetch_value(
            world.sql, "select id from public.company_settings where company_id = %s", world.company.id
        ),
    ),
    "company_holidays": Rules(
        select="company",
        row=lambda world, _me: {"company_id": world.company.id, "day": next(UNLISTED_DAYS).isoformat(), "name": "Mine"},
        change=lambda _me: {"name": "Yours"},
    ),
    "company_invites": Rules(
        select="company",
        insert="admins",
        update="admins",
        delete="admins",
        row=lambda world, me: {
            "company_id": world.company.id,
            "email": f"{uuid.uuid4()}@zen.test",
            "role": "csm",
            "invited_by": me,
        },
        change=lambda _me: {"role": "manager"},
    ),
    "absences": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "person_id": world.owner.id,
            "deputy_id": world.company.manager.id,
            "starts_on": "2001-01-01",
            "ends_on": "2001-02-01",
            "created_by": me,
            "ended_at": "2001-01-01",
        },
        change=lambda _me: {"ended_at": None},
    ),
    "book_handovers": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "from_id": world.owner.id,
            "made_by": world.company.manager.id,
            "idempotency_key": uuid.uuid4(),
        },
        change=lambda _me: {"items": [{"kind": "customer"}]},
    ),
    # Customers and what hangs on them
    "customers": Rules(
        select="company",
        insert="own + leaders",
        update="own + leaders",
        delete="own + leaders",
        row=lambda world, _me: {"company_id": world.company.id, "owner_id": world.owner.id, **CUSTOMER_WORDS},
        change=lambda _me: {"summary": "They watch turbines."},
    ),
    "contacts": of_customer({"title": "CFO"}, lambda _me: {"name": "Ines Ortega", "role": "champion"}),
    # What figures are computed from: health, ARR and how far a price is off list
    "contracts": of_customer(
        {"seats": 20}, lambda _me: {"starts_on": "2026-01-01", "ends_on": "2027-01-01", **TERMS}, by="leaders"
    ),
    "usage_weeks": of_customer(
        {"logins": 2},
        lambda _me: {"week_starts_on": "2026-06-01", "active_users": 1, "seats": 2, "logins": 1, "key_actions": 1},
        by="leaders",
    ),
    "tickets": of_customer(
        {"priority": "p1"},
        lambda _me: {
            "number": str(uuid.uuid4()),
            "title": "Slow",
            "priority": "p3",
            "status": "open",
            "opened_on": "2026-06-01",
        },
        by="leaders",
    ),
    "survey_responses": of_customer(
        {"comment": "Good."}, lambda _me: {"score": 9, "responded_on": "2026-06-01"}, by="leaders"
    ),
    "notes": replace(
        of_customer(
            {"body": "We spoke again."},
            lambda me: {"author_id": me, "kind": "call", "body": "We spoke.", "happened_on": "2026-06-01"},
        ),
        update="own",
        delete="own",
    ),
    "notes (of the manager)": Rules(
        select="company",
        insert="managers",
        update="managers",
        delete="managers",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "customer_id": world.insert_customer(),
            "author_id": world.company.manager.id,
            "body": "Do not promise them a discount.",
            "happened_on": "2026-06-01",
        },
        change=lambda _me: {"happened_on": "2020-01-01"},
    ),
    "modules": Rules(
        select="company",
        insert="leaders",
        update="leaders",
        delete="leaders",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "name": str(uuid.uuid4()),
            "annual_price_per_seat": 120,
        },
        change=lambda _me: {"annual_price_per_seat": 130},
    ),
    # Imports: staged, decided and taken back by functions (decision 0032)
    "imports": Rules(
        select="company",
        row=lambda world, _me: imported_file(world),
        change=lambda _me: {"status": "decided"},
    ),
    "import_rows": Rules(
        select="leaders",
        row=lambda world, _me: {**of_import(world), "kind": "customers", "place": 2, "line": 2, "cells": ["Acme"]},
        change=lambda _me: {"verdict": "new"},
    ),
    "import_mappings": Rules(
        select="company",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "name": str(uuid.uuid4()),
            "kind": "customers",
            "header_key": "k",
            "mapping": {},
        },
        change=lambda _me: {"mapping": {"kind": "notes"}},
    ),
    "external_ids": Rules(
        select="company",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "source": "crm",
            "table_name": "customers",
            "external_id": str(uuid.uuid4()),
            "row_id": world.insert_customer(),
        },
        change=lambda _me: {"row_id": str(uuid.uuid4())},
    ),
    "pending_owners": Rules(
        select="company",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "customer_id": world.insert_customer(),
            "email": "new@zen.test",
            "owner_id": world.owner.id,
        },
        change=lambda _me: {"email": "me@zen.test"},
    ),
    "merges": Rules(
        select="leaders",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "table_name": "customers",
            "customer_id": uuid.uuid4(),
            "kept_id": world.insert_customer(),
            "removed_id": uuid.uuid4(),
            "removed_label": "Acme",
            "taken": [],
            "moved": {},
            "merged_by": world.company.manager.id,
        },
        change=lambda _me: {"moved": {"notes": 9}},
    ),
    "event_tokens": Rules(
        select="admins",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "name": "Product",
            "scopes": ["usage"],
            "created_by": world.company.admin.id,
        },
        change=lambda _me: {"scopes": ["usage", "tickets"]},
    ),
    "import_undos": Rules(
        select="company",
        row=lambda world, _me: import_undo(world),
        change=lambda _me: {"status": "decided"},
    ),
    "import_undo_rows": Rules(
        select="leaders",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "undo_id": insert_row(world.sql, "import_undos", **import_undo(world)),
            "place": 1,
            "table_name": "customers",
            "row_id": world.insert_customer(),
            "operation": "remove",
            "label": "Acme",
            "restored": {},
        },
        change=lambda _me: {"is_insisted": True},
    ),
    # Codes and limits: stock's are everybody's to read, nobody's to write
    **{
        f"{table}{label}": Rules(
            select=select,
            row=lambda world, _me, words=words, is_stock=is_stock: code_row(
                words, None if is_stock else world.company.id
            ),
            change=lambda _me, change=change: change,
            existing=(
                (lambda world, table=table: stock_row(world, table))
                if is_stock
                else lambda world, table=table, words=words: company_code_row(world, table, words)
            ),
        )
        for table, (words, change) in CODE_TABLES.items()
        for label, select, is_stock in ((" (stock)", "members", True), ("", "company", False))
    },
    **{
        f"score_rules{label}": Rules(
            select=select,
            row=lambda world, _me, is_stock=is_stock: score_rule(None if is_stock else world.company.id),
            change=lambda _me: {"note": "Mine now"},
            existing=(lambda world: stock_row(world, "score_rules")) if is_stock else None,
        )
        for label, select, is_stock in ((" (stock)", "members", True), ("", "company", False))
    },
    "workflow_triggers": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "definition_id": version(world, world.company.id)["definition_id"],
            "rule": TRIGGER,
            "changed_by": me,
        },
        change=lambda _me: {"is_enabled": True},
    ),
    "workflow_starts": Rules(
        select="company",
        row=lambda world, _me: {
            "execution_id": world.insert_run(),
            "company_id": world.company.id,
            "definition_id": world.definition,
            "why": {"days_to_notice": 30},
            "started_on": "2026-11-01",
        },
        change=lambda _me: {"started_on": "2026-11-02"},
    ),
    "suggestion_rules": Rules(
        select="company",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "workflow_id": f"matrix-{uuid.uuid4()}",
            "is_suggested": True,
            "rule": {"rank": 1},
        },
        change=lambda _me: {"is_suggested": False},
    ),
    # History of rows: written by triggers, for ever
    "row_changes (the owner's)": Rules(
        select="own + leaders",
        row=lambda world, me: change_of(world, me),
        existing=lambda world: insert_change(world, world.owner.id),
        change=lambda _me: {"before": {"name": "Nobody"}},
        key="row_id",
    ),
    "row_changes (the manager's)": Rules(
        select="leaders",
        row=lambda world, _me: change_of(world, world.company.manager.id),
        existing=lambda world: insert_change(world, world.company.manager.id),
        change=lambda _me: {"changed_by": None},
        key="row_id",
    ),
    "erasures": Rules(
        select="leaders",
        row=lambda world, _me: erasure(world),
        change=lambda _me: {"reason": "No reason."},
    ),
    # Scores: kept by functions for whoever reads them, and by the worker
    "customer_scores": Rules(
        select="company",
        row=lambda world, _me: score(world),
        existing=insert_score,
        change=lambda _me: {"health_score": 100},
        key="customer_id",
    ),
    # Definitions and versions
    "workflow_definitions (stock)": Rules(
        select="members",
        row=lambda world, _me: definition(None, None, status="archived"),
        change=lambda _me: {"name": "Mine now"},
    ),
    "workflow_definitions": Rules(
        select="company",
        update="leaders",
        row=lambda world, me: definition(world.company.id, me),
        change=lambda _me: {"status": "archived"},
    ),
    "workflow_definitions (content)": Rules(
        select="company",
        row=lambda world, me: definition(world.company.id, me),
        change=lambda _me: {"name": "Better"},
    ),
    "workflow_drafts": Rules(
        select="company",
        insert="company",
        update="own",
        delete="own + leaders",
        row=lambda world, me: draft(world, me),
        change=lambda _me: {"name": "Better"},
    ),
    # Drafts by description: written by begin_workflow_proposal and finish_workflow_proposal alone
    "workflow_proposals": Rules(
        select="own + leaders",
        row=lambda world, me: {
            "id": uuid.uuid4(),
            "company_id": world.company.id,
            "author_id": me,
            "description": "Champion left",
            "model": "rules",
        },
        change=lambda _me: {"description": "Another"},
    ),
    # Comments on drafts: "own" is whoever wrote it
    "workflow_comments": Rules(
        select="company",
        insert="company",
        update="company",
        delete="own",
        row=comment,
        change=lambda _me: {"resolved_at": "2026-01-01"},
    ),
    "workflow_comments (words)": Rules(
        select="company",
        insert="company",
        delete="own",
        row=comment,
        change=lambda _me: {"body": "I never said so."},
    ),
    "workflow_definition_versions (stock)": Rules(
        select="members", row=lambda world, _me: version(world, None), change=lambda _me: {"note": "Mine now"}
    ),
    "workflow_definition_versions": Rules(
        select="company", row=lambda world, _me: version(world, world.company.id), change=lambda _me: {"note": "New"}
    ),
    # Executions, steps, events
    "workflow_executions": Rules(
        select="company",
        update="own + leaders",
        row=execution,
        change=lambda _me: {"current_slide": "review-account", "revision": 2},
    ),
    "workflow_executions (what becomes of them)": Rules(
        select="company",
        row=execution,
        change=lambda _me: {"status": "snoozed", "revision": 2},
    ),
    "workflow_executions (assigned to the colleague)": Rules(
        select="company",
        update="company",
        row=lambda world, me: execution(world, me) | {"assigned_to": world.company.other_csm.id},
        change=lambda _me: {"current_slide": "review-account", "revision": 2},
    ),
    "workflow_executions (escalated to the colleague)": Rules(
        select="company",
        update="company",
        row=lambda world, me: execution(world, me) | {"status": "escalated"},
        existing=escalated,
        change=lambda _me: {"current_slide": "review-account", "revision": 2},
    ),
    "workflow_step_executions": Rules(
        select="company",
        insert="own + leaders",
        update="own + leaders",
        row=lambda world, me: {
            "company_id": world.company.id,
            "execution_id": world.insert_run(),
            "slide_id": "greeting",
            "saved_by": me,
        },
        change=lambda me: {"answers": {"goal": "calm"}, "saved_by": me, "revision": 2},
    ),
    "workflow_step_executions (of a run assigned to the colleague)": Rules(
        select="company",
        insert="company",
        update="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "execution_id": world.insert_run(assigned_to=world.company.other_csm.id),
            "slide_id": "greeting",
            "saved_by": me,
        },
        change=lambda me: {"answers": {"goal": "calm"}, "saved_by": me, "revision": 2},
    ),
    "workflow_execution_events": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "execution_id": world.insert_run(),
            "kind": "completed",
            "actor_id": me,
        },
        change=lambda _me: {"kind": "step_done"},
    ),
    # Prices: written from the answers of their slides, approved by a function (decision 0023)
    "pricing_scenarios": Rules(
        select="company",
        row=lambda world, me: priced(world, me) | {"position": 1, "name": "Deep", "discount_percent": 90},
        change=lambda _me: {"discount_percent": 0},
    ),
    "quotes": Rules(
        select="company",
        row=lambda world, me: priced(world, me) | {"off_list_percent": 90},
        change=lambda _me: {"off_list_percent": 0},
    ),
    "quote_lines": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "quote_id": insert_row(world.sql, "quotes", **priced(world, world.owner.id)),
            "position": 1,
            "item": "Subscription",
        },
        change=lambda _me: {"discount_percent": 0},
    ),
    "price_approvals": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "execution_id": world.insert_run(),
            "subject": "quote",
            "figures": [],
            "off_list_percent": 45,
            "requested_by": me,
        },
        change=lambda _me: {"off_list_percent": 5},
    ),
    # What becomes of a run: written by its actions (decision 0007)
    "workflow_legacy_executions (imported)": Rules(
        select="company",
        row=lambda world, _me: legacy(world) | {"execution_id": world.insert_run(), "imported_at": "2026-01-01"},
        change=lambda _me: {"reason": "Mine."},
    ),
    "workflow_legacy_executions (not mappable)": Rules(
        select="nobody",
        row=lambda world, _me: legacy(world) | {"reason": "The customer is not known."},
        change=lambda _me: {"reason": "Mine."},
    ),
    "workflow_snoozes": Rules(
        select="company",
        row=lambda world, me: of_run(world) | {"snoozed_by": me, "reason": "A fair.", "until_at": "2030-01-01"},
        change=lambda _me: {"ended_at": "2026-01-01", "ended_by": "person"},
    ),
    "workflow_escalations": Rules(
        select="company",
        row=lambda world, me: of_run(world) | asked_of(world, me),
        change=lambda _me: {"acknowledged_at": "2026-01-01"},
    ),
    "workflow_escalation_comments": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "escalation_id": escalation(world),
            "author_id": me,
            "body": "They sign on Friday.",
        },
        change=lambda _me: {"body": "They do not."},
    ),
    "workflow_escalation_extracts": Rules(
        select="own + leaders",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "escalation_id": escalation(world, to=world.company.manager.id),
        },
        change=lambda _me: {"messages": []},
    ),
    "follow_ups": Rules(
        select="company",
        insert="own + leaders",
        update="own",
        row=lambda world, me: follow_up(world, made_by=me, given_to=me),
        change=lambda _me: {"done_at": "2026-01-01"},
    ),
    "follow_ups (given by the manager: its words)": Rules(
        select="company",
        insert="managers",
        update="managers",
        row=lambda world, _me: follow_up(world, made_by=world.company.manager.id, given_to=world.owner.id),
        change=lambda _me: {"title": "Call nobody", "due_on": "2031-01-01"},
    ),
    "follow_ups (given by the manager: its state)": Rules(
        select="company",
        insert="managers",
        update="own",
        row=lambda world, _me: follow_up(world, made_by=world.company.manager.id, given_to=world.owner.id),
        change=lambda me: {"done_at": "2026-01-01"},
    ),
    "notices": Rules(
        select="own",
        update="own",
        row=lambda world, me: {"company_id": world.company.id, "person_id": me, "body": "It is yours now."},
        change=lambda _me: {"read_at": "2026-01-01"},
    ),
    # Saved views of the book
    "book_views": Rules(
        select="own",
        insert="company",
        update="own",
        delete="own",
        row=lambda world, me: book_view(world, me),
        change=lambda _me: {"sort": "name"},
    ),
    "book_views (shared)": Rules(
        select="company",
        insert="company",
        update="own + leaders",
        delete="own + leaders",
        row=lambda world, me: book_view(world, me) | {"is_shared": True},
        change=lambda _me: {"sort": "name"},
    ),
    # Completed runs kept as cases
    "workflow_cases": Rules(
        select="company",
        insert="company",
        delete="own + leaders",
        row=lambda world, me: {
            "company_id": world.company.id,
            "execution_id": world.insert_run(
                status="completed", outcome_code="renewed", outcome_amount=1, ended_at=datetime.now(UTC)
            ),
            "name": "A usual one",
            "kept_by": me,
        },
        change=lambda _me: {"name": "Another"},
    ),
    # Calls on renewals: written by call_renewal alone; the owner of the customer and leaders read them
    "forecast_calls": Rules(
        select="own + leaders",
        row=forecast_call,
        change=lambda _me: {"category": "lost"},
    ),
    # Snapshots of the forecast: taken by the worker alone
    "forecast_snapshots": Rules(
        select="company",
        row=lambda world, _me: forecast_snapshot(world),
        change=lambda _me: {"day": "2026-01-06"},
    ),
    "forecast_snapshot_rows": Rules(
        select="own + leaders",
        row=forecast_snapshot_row,
        change=lambda _me: {"computed": 1},
    ),
    # When somebody looked at a customer: written by customer_page for whoever asks
    "customer_visits": Rules(
        select="own",
        row=lambda world, me: {
            "company_id": world.company.id,
            "person_id": me,
            "customer_id": world.insert_customer(),
        },
        change=lambda _me: {"last_looked_at": "2026-11-01T10:00:00Z"},
    ),
    # The day's list: written by zen_dashboard for whoever asks
    "today_lists": Rules(
        select="own",
        row=lambda world, me: {
            "company_id": world.company.id,
            "person_id": me,
            "day": next(UNLISTED_DAYS).isoformat(),
            "items": [],
        },
        change=lambda _me: {"items": ["customer:mine"]},
    ),
    # The digest: each person's own, written by functions and the worker
    "digest_preferences": Rules(
        select="own",
        row=lambda world, me: {"company_id": world.company.id, "person_id": me},
        change=lambda _me: {"email_on": False},
        existing=lambda world: fetch_value(world.sql, DIGEST_PREFERENCES, world.company.id, world.owner.id),
    ),
    "digests": Rules(
        select="own",
        row=lambda world, me: {
            "company_id": world.company.id,
            "person_id": me,
            "occasion": "morning",
            "channel": "email",
            "day": next(UNLISTED_DAYS).isoformat(),
            "items": ["customer:mine"],
            "fingerprints": ["customer:mine"],
        },
        change=lambda _me: {"sent_at": None},
    ),
    "saved_action_runs": Rules(
        select="company",
        row=lambda world, me: {
            "company_id": world.company.id,
            "kind": "snooze",
            "name": "Snooze",
            "actor_id": me,
            "idempotency_key": uuid.uuid4(),
            "source": "page",
        },
        change=lambda me: {"undone_at": "2026-01-01", "undone_by": str(me)},
    ),
    # Threads, messages, model context, tool calls
    "workflow_chat_threads (unshared)": Rules(
        select="own + leaders",
        insert="company",
        update="own",
        row=lambda world, me: thread(world, me, shared=False),
        change=lambda _me: {"is_shared": True},
    ),
    "workflow_chat_threads (shared)": Rules(
        select="company",
        insert="company",
        update="own",
        row=lambda world, me: thread(world, me, shared=True),
        change=lambda _me: {"status": "abandoned"},
    ),
    "workflow_chat_messages (unshared)": of_thread(MESSAGE, change=lambda _me: {"role": "system"}),
    "workflow_chat_messages (shared)": of_thread(MESSAGE, shared=True, change=lambda _me: {"role": "system"}),
    "workflow_llm_context (unshared)": of_thread(CONTEXT, update="own", change=lambda _me: {"output_tokens": 7}),
    "workflow_llm_context (shared)": of_thread(
        CONTEXT, shared=True, update="own", change=lambda _me: {"output_tokens": 7}
    ),
    "workflow_llm_tool_calls (unshared)": of_thread(
        {"tool": "read_account"}, update="own", change=lambda _me: {"status": "succeeded", "duration_ms": 12}
    ),
    "workflow_llm_tool_calls (shared)": of_thread(
        {"tool": "read_account"}, shared=True, update="own", change=lambda _me: {"status": "failed"}
    ),
    "workflow_llm_tool_calls (waiting)": of_thread(
        {"tool": "save_answer", "status": "waiting"},
        shared=True,
        update="own",
        change=lambda _me: {"status": "running"},
    ),
    "workflow_llm_tool_calls (needs a leader)": Rules(
        select="own + leaders",
        insert="nobody",
        update="own + leaders",
        row=lambda world, _me: {
            "company_id": world.company.id,
            "thread_id": world.insert_thread(shared=False),
            "tool": "save_answer",
            "status": "waiting",
            "needs_leader": True,
        },
        change=lambda _me: {"status": "denied"},
    ),
    "workflow_chat_feedback (unshared)": Rules(
        select="own + leaders",
        insert="own + leaders",
        update="own",
        delete="own",
        row=lambda world, me: feedback(world, me, shared=False),
        change=lambda _me: {"thumbs": -1},
    ),
    "workflow_chat_feedback (shared)": Rules(
        select="company",
        insert="company",
        update="own",
        delete="own",
        row=lambda world, me: feedback(world, me, shared=True),
        change=lambda _me: {"comment": "Just so."},
    ),
    "workflow_chat_branches (stock)": Rules(
        select="members", row=lambda world, _me: branch(world, None, None), change=lambda _me: {"label": "Mine now"}
    ),
    "workflow_chat_branches": Rules(
        select="company",
        insert="leaders",
        update="leaders",
        row=lambda world, me: branch(world, world.company.id, me),
        change=lambda _me: {"label": "Why now?"},
    ),
    "workflow_chat_branches (of a version)": Rules(
        select="company",
        row=lambda world, me: branch(world, world.company.id, me) | {"since_version": 1},
        change=lambda _me: {"label": "Why now?"},
    ),
    "workflow_chat_branches (draft)": Rules(
        select="company",
        insert="company",
        update="own + leaders",
        row=lambda world, me: branch(world, world.company.id, me) | {"status": "draft"},
        change=lambda _me: {"label": "Why now?"},
    ),
    "workflow_chat_branches (published by its author)": Rules(
        select="company",
        insert="company",
        update="leaders",
        row=lambda world, me: branch(world, world.company.id, me) | {"status": "draft"},
        change=lambda _me: {"status": "published"},
    ),
    "workflow_chat_branches (the company's, on stock)": Rules(
        select="company",
        insert="leaders",
        update="leaders",
        row=lambda world, me: branch(world, None, me) | {"company_id": world.company.id},
        change=lambda _me: {"status": "archived"},
    ),
    # Saved actions
    "saved_actions (global)": Rules(
        select="members",
        row=lambda _world, _me: {"kind": "custom", "name": str(uuid.uuid4()), "archived_at": "2026-01-01"},
        change=lambda _me: {"name": "Mine now"},
    ),
    "saved_actions": Rules(
        select="company",
        insert="leaders",
        update="leaders",
        row=lambda world, me: {
            "company_id": world.company.id,
            "kind": "custom",
            "name": str(uuid.uuid4()),
            "created_by": me,
        },
        change=lambda _me: {"description": "Tell finance."},
    ),
    "hidden_saved_actions": Rules(
        select="company",
        insert="leaders",
        delete="leaders",
        row=lambda world, me: {"company_id": world.company.id, "action_id": global_action(world), "hidden_by": me},
        change=lambda me: {"hidden_by": str(me)},
    ),
}
