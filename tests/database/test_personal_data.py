"""Every column that holds words about a customer, a contact or a person is exported and erased, or listed with why."""

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
    "workflow_definitions": "written for all customers",
    "workflow_definition_versions": "written for all customers",
    "workflow_drafts": "written for all customers",
    "workflow_chat_branches": "written for all customers; publishing refuses names of a customer",
    "saved_actions": "written for all customers",
    "hidden_saved_actions": "which actions are not offered",
    "imports": "name of the file and its headers",
    "import_mappings": "how files are mapped",
    "import_undos": "states of an undo",
    "book_handovers": "ids of what was handed over",
    "today_lists": "ids and codes of what was listed",
    "erasures": "the proof, which has no values",
}
"""Tables without words about a customer or a contact."""
OF_PEOPLE = {
    "profiles": "a colleague; what they did stays under their name, and they leave by leave_company",
    "company_invites": "a colleague who is invited; an admin withdraws it",
    "absences": "days a colleague is away",
    "event_tokens": "a token of a system of the company, and who made it",
}
"""About colleagues: exported by export_person, erased by leaving, not by erase_subject."""
HELD = {
    "customers": {"industry", "country", "time_zone"},
    "contracts": {"modules"},
    "tickets": {"number"},
    "pending_owners": {"email"},
    "quote_lines": {"item"},
    "price_approvals": {"figures"},
    "workflow_snoozes": {"signal", "woke_because"},
    "saved_action_runs": {"kind", "name"},
    "import_rows": {"kind"},
    "merges": {"taken", "moved"},
}
"""Columns with words that an erasure leaves: figures, codes, the company's own words."""
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


def register(sql: Sql, subject: str = "customer") -> dict[str, dict]:
    rows = fetch_rows(sql, "select * from private.personal_data where subject = %s", subject)
    return {row["table_name"]: row for row in rows}


def test_every_table_is_about_a_customer_or_listed_with_why(sql):
    tables = {row["table_name"] for row in fetch_rows(sql, WORDS)}
    about = set(register(sql))
    assert tables - about - OF_THE_COMPANY.keys() - OF_PEOPLE.keys() == set()
    assert about & (OF_THE_COMPANY.keys() | OF_PEOPLE.keys()) == set()


def test_every_column_with_words_about_a_customer_is_erased_or_listed(sql):
    entries = register(sql)
    left = {
        f"{row['table_name']}.{row['column_name']}"
        for row in fetch_rows(sql, WORDS)
        if (entry := entries.get(row["table_name"])) is not None
        and entry["treatment"] != "delete"
        and row["column_name"] not in entry["replacements"].keys() | CODES | HELD.get(row["table_name"], set())
    }
    assert left == set()


def test_every_column_of_a_contact_is_exported_and_erased(sql):
    contacts = register(sql, "contact")["contacts"]
    words = {row["column_name"] for row in fetch_rows(sql, f"{WORDS} and c.relname = 'contacts'")}
    assert words - CODES <= contacts["replacements"].keys()
    references = """
        select distinct conrelid::regclass::text as name from pg_constraint
        where contype = 'f' and confrelid = 'public.contacts'::regclass"""
    assert {row["name"].removeprefix("public.") for row in fetch_rows(sql, references)} <= set(register(sql, "contact"))


def test_every_replacement_names_a_column(sql):
    columns = {(row["table_name"], row["column_name"]) for row in fetch_rows(sql, WORDS)} | {
        ("survey_responses", "contact_id")
    }
    entries = fetch_rows(sql, "select table_name, replacements from private.personal_data")
    assert {(entry["table_name"], name) for entry in entries for name in entry["replacements"]} <= columns


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
