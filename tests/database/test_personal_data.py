"""Every column that holds words about a customer, a contact or a person is exported and erased, or listed with why."""

from typing import Any

from tests.database.factories import Sql, fetch_rows, fetch_value

OF_THE_COMPANY = {
    "companies": "the tenant itself",
    "company_settings": "settings",
    "company_holidays": "holidays",
    "modules": "the price list",
    "outcome_codes": "codes",
    "severities": "codes",
    "skip_reasons": "codes",
    "approval_bands": "limits",
    "score_rules": "rules, and a note on them",
    "suggestion_rules": "rules",
    "workflow_definitions": "written for all customers",
    "workflow_definition_versions": "written for all customers",
    "workflow_drafts": "written for all customers",
    "workflow_proposals": "what a colleague asked a workflow to do, for all customers",
    "workflow_comments": "about a draft for all customers; a contact it names is redacted",
    "workflow_triggers": "rules",
    "workflow_chat_branches": "written for all customers; publishing refuses names of a customer",
    "saved_actions": "written for all customers",
    "hidden_saved_actions": "which actions are not offered",
    "imports": "name of the file and its headers",
    "import_mappings": "how files are mapped",
    "import_undos": "states of an undo",
    "book_handovers": "ids of what was handed over",
    "today_lists": "ids and codes of what was listed",
    "erasures": "the proof, which has no values",
    "book_views": "the name a colleague gave a list, its filter and columns",
}
"""Tables without words about a customer or a contact."""
OF_PEOPLE = {
    "profiles": "a colleague; what they did stays under their name, and they leave by leave_company",
    "company_invites": "a colleague who is invited; an admin withdraws it",
    "digest_preferences": "where a colleague wants their digest, and the end of their webhook's address",
    "digests": "ids and codes of what a colleague was sent",
    "absences": "days a colleague is away",
    "event_tokens": "a token of a system of the company, and who made it",
}
"""About colleagues: exported by export_person, erased by leaving, not by erase_subject."""
OF_SCHEMA_PRIVATE = {
    "app_address": "the address of the app",
    "attempt_limits": "limits",
    "attempts": "hashes, for as long as somebody has to wait",
    "browser_sessions": "encrypted, and go with the person; listed on the profile",
    "change_sources": "lives as long as its transaction",
    "chat_index": "words of the messages: written again when an erasure changes one, deleted with it",
    "digest_mute_tokens": "hashes of the links to mute, gone with the digest",
    "event_token_keys": "hashes of tokens of the company's systems",
    "execution_transitions": "codes",
    "import_fields": "codes",
    "merge_rows": "ids of what moved in a merge",
    "outbox": "mails to colleagues; removed 30 days after they were sent",
    "passage_vectors": "numbers made of a record's text, gone in the transaction that changes or deletes the record",
    "personal_data": "the register",
    "received_events": "hashes and numbers, gone with the customer; a ticket of one nobody knows waits as it came",
    "slide_answer_keys": "codes",
    "slack_webhooks": "a colleague's secret: deleted when they leave, shown and exported to nobody",
    "worker_jobs": "jobs",
}
"""Tables with words that no one reads but the functions of the database: why an erasure need not change them."""
HELD = {
    "customers": {"industry", "country", "time_zone"},
    "contracts": {"modules"},
    "tickets": {"number"},
    "pending_owners": {"email"},
    "quote_lines": {"item"},
    "price_approvals": {"figures"},
    "workflow_snoozes": {"signal", "woke_because"},
    "saved_action_runs": {"kind", "name"},
    "import_rows": {"kind", "blank_fields"},
    "merges": {"taken", "moved"},
    "forecast_calls": {"level", "category", "unmet"},
    "forecast_snapshot_rows": {"outcome", "band", "csm_category", "leader_category"},
}
"""Columns with words that an erasure of a customer leaves: figures, codes, the company's own words."""
NOT_OF_CONTACTS = {
    "customers.name": "the name of the customer, who stays; if it is the person's own, erase the customer",
    "customers.domain": "the customer's",
    "contacts.name": "of the customer's other contacts",
    "contacts.email": "of the customer's other contacts",
    "saved_action_runs.name": "the name of the saved action, written for all customers",
    "import_undo_rows.result": "a code",
    "workflow_chat_messages.branch_type": "a code",
    "workflow_chat_messages.message_type": "a code",
    "workflow_chat_messages.model": "the name of a model",
    "workflow_chat_messages.signature": "a signature, which tells nothing",
    "workflow_llm_context.model": "the name of a model",
    "workflow_llm_tool_calls.call_id": "an id that the model gave",
    "workflow_llm_tool_calls.signature": "a signature, which tells nothing",
    "workflow_llm_tool_calls.tool": "the name of a tool",
    "workflow_legacy_executions.digest": "computed from the source",
    "workflow_legacy_executions.legacy_id": "the id of the run in the earlier system",
}
"""Columns with words about a customer that an erasure of a contact leaves, with why."""
HOW_TO_LIST = (
    "Say in private.personal_data (20261101137100_personal_data.sql) which rows are about a customer or a contact "
    "and what an erasure does with them, or list the table or column in this file with why not. New: "
)
CODES = {
    "table_name", "source", "status", "kind", "role", "segment", "priority", "sentiment", "slide_id", "workflow_id",
    "current_slide", "outcome_code", "skip_reason", "severity", "ended_by", "origin", "subject", "approver_role",
    "operation", "verdict", "result", "problem",
}  # fmt: skip
WORDS = """
    select c.relname as table_name, a.attname as column_name
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and format_type(a.atttypid, null) in ('text', 'text[]', 'json', 'jsonb')"""


Entries = dict[str, list[dict[str, Any]]]


def register(sql: Sql, subject: str = "customer") -> Entries:
    """The entries of each table."""
    rows = fetch_rows(sql, "select * from private.personal_data where subject = %s order by place", subject)
    return {row["table_name"]: [each for each in rows if each["table_name"] == row["table_name"]] for row in rows}


def columns_with_words(sql: Sql) -> dict[str, set[str]]:
    """Names of the columns with words of each table of schema public, without codes."""
    tables: dict[str, set[str]] = {}
    for row in fetch_rows(sql, WORDS):
        tables.setdefault(row["table_name"], set()).update({row["column_name"]} - CODES)
    return tables


def find_unlisted(sql: Sql, entries: Entries, listed: set[str]) -> set[str]:
    """table.column of what none of the entries deletes, replaces or redacts, and is not listed."""
    return {
        f"{table}.{column}"
        for table, columns in columns_with_words(sql).items()
        for column in columns
        if table in entries
        and not any(
            entry["treatment"] == "delete" or column in entry["replacements"] or column in entry["redacted"]
            for entry in entries[table]
        )
    } - listed


def list_held() -> set[str]:
    return {f"{table}.{column}" for table, columns in HELD.items() for column in columns}


def test_every_table_is_about_a_customer_or_listed_with_why(sql):
    tables, about = columns_with_words(sql).keys(), register(sql).keys()
    new = tables - about - OF_THE_COMPANY.keys() - OF_PEOPLE.keys()
    assert new == set(), HOW_TO_LIST + ", ".join(sorted(new))
    assert about & (OF_THE_COMPANY.keys() | OF_PEOPLE.keys()) == set()


def test_every_private_table_with_words_is_listed_with_why(sql):
    words = WORDS.replace("'public'", "'private'").replace("'text',", "'text', 'bytea', 'tsvector',")
    new = {row["table_name"] for row in fetch_rows(sql, words)} - OF_SCHEMA_PRIVATE.keys()
    assert new == set(), HOW_TO_LIST + ", ".join(sorted(new))


def test_private_rows_of_a_customer_go_with_it(sql):
    kept = """
        select conrelid::regclass::text as name from pg_constraint
        where contype = 'f' and confrelid in ('public.customers'::regclass, 'public.contacts'::regclass)
          and connamespace = 'private'::regnamespace and confdeltype <> 'c'"""
    assert fetch_rows(sql, kept) == []


def test_every_table_of_a_customer_is_exported_and_erased(sql):
    references = """
        select distinct c.relname as name from pg_constraint f join pg_class c on c.oid = f.conrelid
        where f.contype = 'f' and c.relnamespace = 'public'::regnamespace
          and f.confrelid in ('public.customers'::regclass, 'public.workflow_executions'::regclass,
                              'public.workflow_chat_threads'::regclass, 'public.contacts'::regclass)"""
    new = {row["name"] for row in fetch_rows(sql, references)} - register(sql).keys()
    assert new == set(), HOW_TO_LIST + ", ".join(sorted(new))


def test_every_column_with_words_about_a_customer_is_erased_or_listed(sql):
    new = find_unlisted(sql, register(sql), list_held())
    assert new == set(), HOW_TO_LIST + ", ".join(sorted(new))


def test_every_column_that_may_name_a_contact_is_erased_or_listed(sql):
    entries = register(sql, "contact")
    about = register(sql).keys()
    without_names = {
        "usage_weeks",
        "contracts",
        "pending_owners",
        "customer_visits",
        "forecast_snapshot_rows",
        "workflow_starts",
    }
    new = about - entries.keys() - without_names
    assert new == set(), HOW_TO_LIST + ", ".join(sorted(new))
    new = find_unlisted(sql, entries, list_held() | NOT_OF_CONTACTS.keys())
    assert new == set(), HOW_TO_LIST + ", ".join(sorted(new))


def test_every_column_of_a_contact_is_exported_and_erased(sql):
    (own,) = [entry for entry in register(sql, "contact")["contacts"] if entry["treatment"] == "replace"]
    words = {row["column_name"] for row in fetch_rows(sql, f"{WORDS} and c.relname = 'contacts'")}
    assert words - CODES <= own["replacements"].keys()
    references = """
        select distinct conrelid::regclass::text as name from pg_constraint
        where contype = 'f' and confrelid = 'public.contacts'::regclass"""
    assert {row["name"].removeprefix("public.") for row in fetch_rows(sql, references)} <= register(
        sql, "contact"
    ).keys()


def test_everything_listed_is_still_there(sql):
    there = {f"{table}.{column}" for table, columns in columns_with_words(sql).items() for column in columns}
    listed = {name for name in list_held() | NOT_OF_CONTACTS.keys() if name.partition(".")[2] not in CODES}
    assert listed - there == set()


def test_every_replacement_names_a_column(sql):
    columns = {(row["table_name"], row["column_name"]) for row in fetch_rows(sql, WORDS)} | {
        ("survey_responses", "contact_id")
    }
    entries = fetch_rows(sql, "select table_name, replacements, redacted from private.personal_data")
    named = {(entry["table_name"], name) for entry in entries for name in [*entry["replacements"], *entry["redacted"]]}
    assert named <= columns


def test_every_column_that_names_a_person_is_exported(sql):
    found = fetch_rows(sql, "select * from private.columns_of_people()")
    exported = {(row["table_name"], name) for row in found for name in row["column_names"]}
    people = """
        select c.relname as table_name, a.attname as column_name from pg_class c
        join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
          and not a.attisdropped and format_type(a.atttypid, null) = 'uuid'
          and a.attname ~ '(_by|owner_id|person_id|author_id|actor_id|deputy_id|assigned_to|approver_id|from_id)$'"""
    named = {(row["table_name"], row["column_name"]) for row in fetch_rows(sql, people)}
    assert named - exported == {("contacts", "replaced_by")}  # a contact


def test_the_register_says_why(sql):
    assert fetch_value(sql, "select count(*) from private.personal_data where length(reason) < 5") == 0
