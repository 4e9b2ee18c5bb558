"""After a contact is erased, no text about their customer has their name or address, wherever it was written."""

import uuid
from datetime import date
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.database.chat_calls import begin_turn, finish_turn, insert_tool_call
from tests.database.factories import AccountFactory, Sql, fetch_rows, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

WHY = "Asked for by letter."
MENTION = "They met:\nInes  Ortega (INES@harbour.example), as «Ortega, Ines» said."
REDACTED = "They met:\n[…] ([…]), as «[…]» said."


@pytest.fixture
def company(stack, sql) -> Company:
    return Company.create(sql, "Northwind Redaction")


@pytest.fixture
def account(sql, company, new_run) -> AccountFactory:
    """A customer with a run and a contact, and a text that names the contact in every table with words about them."""
    run = new_run(company)
    account = AccountFactory(sql, company.id, company.csm.id)
    sql.execute("delete from public.customers where id = %s", [account.id])
    account.id = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
    sql.execute("update public.customers set summary = %s, competitor = %s where id = %s", [MENTION] * 2 + [account.id])
    contact = account.insert_contact(name="Ines Ortega", email="ines@harbour.example", title="CFO")
    account.insert_contact(name="Paul Reyes", title="Assistant of Ines Ortega")
    account.insert_row("survey_responses", score=7, responded_on=date(2026, 1, 2), contact_id=contact, comment="Mine.")
    account.insert_row("survey_responses", score=8, responded_on=date(2026, 1, 3), comment=MENTION)
    account.insert_ticket()
    account.insert_note("call", ago=3)
    sql.execute("update public.tickets set title = 'Ines Ortega cannot sign in' where customer_id = %s", [account.id])
    sql.execute("update public.notes set body = %s where customer_id = %s", [MENTION, account.id])
    insert_texts_of_run(sql, company, account, run)
    insert_conversation(sql, company, run)
    return account


def insert_texts_of_run(sql: Sql, company: Company, account: AccountFactory, run: str) -> None:
    csm, manager = company.csm.id, company.manager.id
    of_run: dict[str, Any] = {"company_id": company.id, "execution_id": run}
    person = {"assigned_to": csm, "created_by": csm}
    account.insert_row("follow_ups", title="Ring Ines Ortega", due_on=date(2026, 12, 1), **person)
    insert_row(sql, "notices", **of_run, person_id=csm, body=MENTION)
    asked = {"raised_by": csm, "assigned_to": manager, "severity": "high", "respond_by": "2026-12-01T10:00:00Z"}
    pack = {"contacts": [{"name": "Ines Ortega"}], "Ines Ortega": 1}
    escalation = account.insert_row(
        "workflow_escalations", execution_id=run, **asked, ask=MENTION, context_pack=pack, ended_at="2026-12-01T10:00Z",
        decision=MENTION, ended_by="hand_back",
    )  # fmt: skip
    of_escalation = {"company_id": company.id, "escalation_id": escalation}
    insert_row(sql, "workflow_escalation_comments", **of_escalation, author_id=manager, body=MENTION)
    insert_row(sql, "workflow_escalation_extracts", **of_escalation, messages=Jsonb([{"content": {"text": MENTION}}]))
    account.insert_row(
        "workflow_snoozes", execution_id=run, snoozed_by=csm, reason=MENTION, until_at="2026-12-01T10:00:00Z",
        ended_at="2026-12-01T10:00:00Z", ended_by="operator",
    )  # fmt: skip
    ran = {"kind": "send_email", "name": "Mail", "actor_id": csm, "idempotency_key": uuid.uuid4(), "source": "page"}
    account.insert_row("saved_action_runs", **ran, summary=MENTION, parameters={"to": "ines@harbour.example"})
    insert_row(sql, "workflow_execution_events", **of_run, kind="step_saved", payload={"words": MENTION})
    step = {"slide_id": "greeting", "saved_by": csm, "status": "done", "answers": {"summary": MENTION}}
    sql.execute("delete from public.workflow_step_executions where execution_id = %s", [run])
    sql.execute("alter table public.workflow_step_executions disable trigger guard")
    insert_row(sql, "workflow_step_executions", **of_run, **step)
    sql.execute("alter table public.workflow_step_executions enable trigger guard")
    insert_row(sql, "pricing_scenarios", **of_run, position=1, name="As Ines Ortega asked", priced_by=csm)
    quote = insert_row(sql, "quotes", **of_run, priced_by=csm, terms={"signatory": "Ines Ortega"})
    insert_row(sql, "quote_lines", company_id=company.id, quote_id=quote, position=1, item="Seat of Ines Ortega")
    insert_row(
        sql, "price_approvals", **of_run, subject="quote", figures={"for": "Ines Ortega"}, off_list_percent=5,
        requested_by=csm, reason=MENTION,
    )  # fmt: skip
    legacy = {
        "legacy_id": uuid.uuid4().hex,
        "source": {"b": MENTION, "a": 1},
        "remarks": [MENTION],
        "imported_at": date(2026, 1, 4),
    }
    insert_row(sql, "workflow_legacy_executions", **of_run, **legacy)
    sql.execute(
        "update public.workflow_executions set status = 'abandoned', outcome_notes = %s, outcome_reason = %s, "
        "revision = revision + 1 where id = %s",
        [MENTION, MENTION, run],
    )


def insert_conversation(sql: Sql, company: Company, run: str) -> None:
    turn = begin_turn(company.csm, run, MENTION, p_model="rules", p_system_prompt=MENTION)
    finish_turn(company.csm, turn, MENTION)
    insert_tool_call(company.csm, turn, tool="get_account", status="succeeded", input={}, output={"text": MENTION})
    thread = turn["thread"]["id"]
    sql.execute("update public.workflow_chat_threads set title = %s where id = %s", ["About Ines Ortega", thread])


def contact_of(sql: Sql, account: AccountFactory) -> uuid.UUID:
    found = "select id from public.contacts where customer_id = %s and email is not null"
    return fetch_value(sql, found, account.id)


def erase(sql: Sql, company: Company, account: AccountFactory, mode: str = "pseudonymise", **more: Any) -> Any:
    target = {"p_subject": "contact", "p_subject_id": str(contact_of(sql, account)), "p_mode": mode, "p_reason": WHY}
    return call_rpc(company.manager, "erase_subject", **target, **more)


def find_words(sql: Sql, company: Company, pattern: str) -> dict[str, list[str]]:
    """Tables of the schemas public and private whose rows of the company have these words, with those rows."""
    tables = fetch_rows(
        sql,
        "select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' "
        "where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')",
    )
    found = {}
    for table in tables:
        statement = f"select t::text as row from {table['schema']}.{table['name']} t where company_id = %s"
        rows = fetch_rows(sql, f"{statement} and t::text ~* %s", company.id, pattern)
        if rows:
            found[table["name"]] = [row["row"] for row in rows]
    return found


@pytest.mark.parametrize("mode", ["pseudonymise", "remove"])
def test_no_table_of_the_company_names_an_erased_contact(company, account, sql, mode):
    named = find_words(sql, company, "ortega|ines@")
    assert named.keys() >= {"notes", "workflow_step_executions", "workflow_chat_messages", "chat_index", "row_changes"}
    erase(sql, company, account, mode)
    assert find_words(sql, company, "ortega|ines@") == {}


def test_texts_keep_what_they_say_beside_the_name(company, account, sql):
    erase(sql, company, account)
    read = {
        "notes": "body",
        "customers": "summary",
        "workflow_executions": "outcome_notes",
    }
    for table, column in read.items():
        of_customer = f"{'id' if table == 'customers' else 'customer_id'} = %s"
        assert fetch_value(sql, f"select {column} from public.{table} where {of_customer}", account.id) == REDACTED
    answers = "select s.answers from public.workflow_step_executions s join public.workflow_executions e "
    of_run = "on e.id = s.execution_id where e.customer_id = %s"
    assert fetch_value(sql, answers + of_run, account.id) == {"summary": REDACTED}
    own = "select comment from public.survey_responses where customer_id = %s order by score"
    assert [row["comment"] for row in fetch_rows(sql, own, account.id)] == ["Erased", REDACTED]
    titles = "select title from public.contacts where customer_id = %s and name = 'Paul Reyes'"
    assert fetch_value(sql, titles, account.id) == "Assistant of […]"


def test_an_erasure_of_a_contact_writes_no_event_of_the_run(company, account, sql):
    events = "select count(*) from public.workflow_execution_events v join public.workflow_executions e "
    of_customer = "on e.id = v.execution_id where e.customer_id = %s"
    before = fetch_value(sql, events + of_customer, account.id)
    erase(sql, company, account)
    assert fetch_value(sql, events + of_customer, account.id) == before


def test_the_preview_shows_what_names_a_contact(company, account, sql):
    target = {"p_subject": "contact", "p_subject_id": str(contact_of(sql, account)), "p_mode": "remove"}
    plan = call_rpc(company.manager, "preview_erasure", **target)
    (notes,) = [step for step in plan if step["table_name"] == "notes"]
    assert (notes["rows"], notes["treatment"]) == (1, "redact")
    assert "Ines  Ortega (INES@harbour.example)" in notes["extracts"][0]
    (own,) = [step for step in plan if step["table_name"] == "contacts" and step["treatment"] == "delete"]
    assert (own["rows"], own["extracts"]) == (1, None)


def test_an_extract_of_a_long_text_is_what_stands_around_the_name(company, account, sql):
    body = "Inessa. " + "They talked. " * 2000 + "Then Ines agreed to it." + " They talked." * 2000
    sql.execute("update public.notes set body = %s where customer_id = %s", [body, account.id])
    about = {"p_subject": "contact", "p_subject_id": str(contact_of(sql, account)), "p_mode": "remove"}
    for names, extract in ((["Then Ines"], "They talked. Then Ines agreed to it."), (["Ines"], "Ines")):
        plan = call_rpc(company.manager, "preview_erasure", **about, p_names=names)
        (notes,) = [step for step in plan if step["table_name"] == "notes"]
        assert extract in notes["extracts"][0]
        assert len(notes["extracts"][0]) < 200


def test_other_names_of_a_contact_are_found_as_words_and_redacted(company, account, sql):
    sql.execute(
        "update public.notes set body = 'Ines agreed; Inessa and lines stay.' where customer_id = %s", [account.id]
    )
    erase(sql, company, account, p_names=["Ines"])
    body = fetch_value(sql, "select body from public.notes where customer_id = %s", account.id)
    assert body == "[…] agreed; Inessa and lines stay."


def test_other_names_are_few_and_of_two_characters_or_more(company, account, sql):
    for names in (["I"], [" "], ["x" * 201], [f"Name {n}" for n in range(11)]):
        with assert_refused("PT400", "at most 10 other names"):
            erase(sql, company, account, p_names=names)


def test_a_contact_is_found_by_the_name_of_one_that_was_merged_into_it(company, account, sql):
    merged = {"removed_id": uuid.uuid4(), "removed_label": "Inez Ortega-Ruiz", "taken": [], "moved": {}}
    by = {"company_id": company.id, "merged_by": company.manager.id, "customer_id": account.id}
    insert_row(sql, "merges", **by, table_name="contacts", kept_id=contact_of(sql, account), **merged)
    sql.execute("update public.notes set body = 'Inez Ortega-Ruiz rang.' where customer_id = %s", [account.id])
    erase(sql, company, account)
    assert fetch_value(sql, "select body from public.notes where customer_id = %s", account.id) == "[…] rang."
    assert find_words(sql, company, "ruiz") == {}


def test_texts_of_other_customers_are_left_alone(company, account, sql):
    other = AccountFactory(sql, company.id, company.csm.id)
    other.insert_note("call", ago=3)
    sql.execute("update public.notes set body = %s where customer_id = %s", [MENTION, other.id])
    erase(sql, company, account)
    assert fetch_value(sql, "select body from public.notes where customer_id = %s", other.id) == MENTION


def matches(sql: Sql, names: list[str], text: str) -> bool:
    return fetch_value(sql, "select %s ~ private.name_pattern(%s)", text, names)


@pytest.mark.parametrize(
    ("name", "text", "is_found"),
    [
        ("Will", "Will called.", True),
        ("Will", "They will call; Willow too.", False),
        ("Ines Ortega", "INES\n ortega", True),
        ("Ines Ortega", "Ines Ortegas", False),
        ("José Ñáñez", "JOSÉ ÑÁÑEZ came", True),
        ("o'Brien [x]", "Mr O'BRIEN [X] left", True),
        ("王伟", "我和王伟谈过。", True),
        ("ines@harbour.example", "maria.ines@harbour.example", False),
        ("ines@harbour.example", "ines@harbour.example.com", False),
        ("ines@harbour.example", "Write to ines@harbour.example.", True),
    ],
)
def test_a_name_is_found_as_a_whole_word(sql, name, text, is_found):
    assert matches(sql, [name], text) is is_found


def test_words_are_never_longer_after_they_were_redacted(sql):
    for text in ("Li", "Li and Li", "x" * 498 + "Li"):
        redacted = fetch_value(sql, "select private.redact_text(%s, private.name_pattern('{Li}'))", text)
        assert len(redacted) <= len(text)
