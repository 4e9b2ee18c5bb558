"""Export and erasure of a customer and of a contact; conversations that a company no longer keeps."""

import json
import uuid
from datetime import date

import pytest

from tests.database.chat_calls import begin_turn, finish_turn
from tests.database.factories import AccountFactory, fetch_rows, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

WHY = "Asked for by letter."


@pytest.fixture(scope="module")
def company(stack, sql) -> Company:
    return Company.create(sql, "Northwind Privacy")


@pytest.fixture(scope="module")
def strangers(stack, sql) -> Company:
    return Company.create(sql, "Someone Else")


@pytest.fixture
def account(sql, company, new_run) -> AccountFactory:
    """A customer with a run, a conversation, a contact, a note and a survey answer."""
    run = new_run(company)
    account = AccountFactory(sql, company.id, company.csm.id)
    sql.execute("delete from public.customers where id = %s", [account.id])
    account.id = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
    sql.execute(
        "update public.customers set name = 'Harbour Foods', domain = 'harbour.example', summary = 'They buy it.' "
        "where id = %s",
        [account.id],
    )
    contact = account.insert_contact(name="Ines Ortega", email="ines@harbour.example", title="CFO")
    account.insert_survey(7, contact_id=contact)
    account.insert_note("call", ago=3)
    sql.execute("update public.notes set body = 'Ines Ortega called.' where customer_id = %s", [account.id])
    account.insert_usage(40)
    finish_turn(company.csm, begin_turn(company.csm, run, p_model="rules"))
    return account


def contact_of(sql, account) -> uuid.UUID:
    return fetch_value(sql, "select id from public.contacts where customer_id = %s", account.id)


def history_text(sql, account) -> str:
    rows = fetch_rows(sql, "select before, after from public.row_changes where customer_id = %s", account.id)
    return json.dumps(rows)


def erase(who, subject, subject_id, mode, reason=WHY):
    target = {"p_subject": subject, "p_subject_id": str(subject_id), "p_mode": mode}
    return call_rpc(who, "erase_subject", **target, p_reason=reason)


def test_an_export_of_a_customer_has_its_rows_by_table(company, account):
    exported = call_rpc(company.manager, "export_customer", p_customer_id=str(account.id))
    assert exported["customers"][0]["name"] == "Harbour Foods"
    assert exported["contacts"][0]["email"] == "ines@harbour.example"
    assert exported["notes"][0]["body"] == "Ines Ortega called."
    assert exported["workflow_chat_messages"]
    assert exported["row_changes"]


def test_an_export_has_what_the_person_may_read_alone(company, account):
    exported = call_rpc(company.other_csm, "export_customer", p_customer_id=str(account.id))
    assert exported["customers"]
    assert (exported["workflow_chat_messages"], exported["row_changes"], exported["import_rows"]) == ([], [], [])


def test_an_export_of_a_contact_has_what_mentions_them(company, account, sql):
    exported = call_rpc(company.manager, "export_contact", p_contact_id=str(contact_of(sql, account)))
    assert [row["name"] for row in exported["contacts"]] == ["Ines Ortega"]
    assert [row["body"] for row in exported["notes"]] == ["Ines Ortega called."]
    assert [row["score"] for row in exported["survey_responses"]] == [7]


def test_an_export_of_a_person_is_for_that_person_and_admins(company, account):
    own = call_rpc(company.csm, "export_person", p_person_id=str(company.csm.id))
    assert [row["id"] for row in own["profiles"]] == [str(company.csm.id)]
    assert own["workflow_chat_threads"]
    assert call_rpc(company.admin, "export_person", p_person_id=str(company.csm.id))["profiles"]
    with assert_refused("PT403"):
        call_rpc(company.manager, "export_person", p_person_id=str(company.csm.id))


def test_another_company_exports_and_erases_nothing(strangers, account, sql):
    with assert_refused("PT404"):
        call_rpc(strangers.admin, "export_customer", p_customer_id=str(account.id))
    with assert_refused("PT404"):
        call_rpc(strangers.admin, "export_contact", p_contact_id=str(contact_of(sql, account)))
    with assert_refused("PT404"):
        call_rpc(strangers.admin, "export_person", p_person_id=str(account.owner_id))
    with assert_refused("PT404"):
        erase(strangers.admin, "customer", account.id, "remove")


def test_a_csm_erases_nothing(company, account):
    with assert_refused("PT403"):
        erase(company.csm, "customer", account.id, "remove")


def test_an_erasure_wants_a_reason(company, account):
    with assert_refused("PT400", "Say why"):
        erase(company.manager, "customer", account.id, "remove", " ")


def test_the_preview_counts_what_an_erasure_touches(company, account):
    target = {"p_subject": "customer", "p_subject_id": str(account.id), "p_mode": "pseudonymise"}
    plan = {row["table_name"]: row for row in call_rpc(company.manager, "preview_erasure", **target)}
    assert (plan["contacts"]["rows"], plan["contacts"]["treatment"]) == (1, "replace")
    assert plan["workflow_chat_threads"]["treatment"] == "delete"
    assert plan["usage_weeks"]["treatment"] == "keep"


def test_a_pseudonymised_customer_keeps_figures_and_no_words(company, account, sql):
    proof = erase(company.manager, "customer", account.id, "pseudonymise")
    (customer,) = fetch_rows(sql, "select * from public.customers where id = %s", account.id)
    assert (customer["name"], customer["domain"], customer["summary"]) == ("Erased customer", None, None)
    assert fetch_value(sql, "select body from public.notes where customer_id = %s", account.id) == "Erased"
    assert fetch_value(sql, "select active_users from public.usage_weeks where customer_id = %s", account.id) == 40
    assert not any(word in history_text(sql, account) for word in ("Harbour", "Ines", "harbour.example"))
    threads = "select count(*) from private.threads_of_customer(%s)"
    assert fetch_value(sql, threads, account.id) == 0
    (kept,) = fetch_rows(sql, "select * from public.erasures where id = %s", proof["id"])
    assert (kept["erased_by"], kept["reason"], kept["touched"]["customers"]) == (company.manager.id, WHY, 1)


def test_a_removed_customer_leaves_the_proof_alone(company, account, sql):
    proof = erase(company.admin, "customer", account.id, "remove")
    for table in ("customers", "contacts", "notes", "workflow_executions", "usage_weeks"):
        column = "id" if table == "customers" else "customer_id"
        assert fetch_value(sql, f"select count(*) from public.{table} where {column} = %s", account.id) == 0
    assert not any(word in history_text(sql, account) for word in ("Harbour", "Ines", "harbour.example"))
    assert fetch_value(sql, "select touched ->> 'contacts' from public.erasures where id = %s", proof["id"]) == "1"


def test_an_ended_run_loses_its_words_and_keeps_its_outcome(company, account, sql):
    sql.execute(
        "update public.workflow_executions set status = 'abandoned', outcome_notes = 'Ines said no.', "
        "revision = revision + 1 where customer_id = %s",
        [account.id],
    )
    erase(company.manager, "customer", account.id, "pseudonymise")
    (run,) = fetch_rows(sql, "select * from public.workflow_executions where customer_id = %s", account.id)
    assert (run["status"], run["outcome_notes"]) == ("abandoned", "Erased")


@pytest.mark.parametrize("mode", ["pseudonymise", "remove"])
def test_an_erased_contact_is_in_no_record_of_the_customer(company, account, sql, mode):
    contact = contact_of(sql, account)
    erase(company.manager, "contact", contact, mode)
    left = fetch_value(sql, "select name from public.contacts where id = %s", contact)
    assert left == ("Erased contact" if mode == "pseudonymise" else None)
    assert fetch_value(sql, "select body from public.notes where customer_id = %s", account.id) == "[…] called."
    (answer,) = fetch_rows(sql, "select * from public.survey_responses where customer_id = %s", account.id)
    assert (answer["score"], answer["contact_id"]) == (7, None)
    assert "Ines" not in history_text(sql, account)
    assert fetch_value(sql, "select name from public.customers where id = %s", account.id) == "Harbour Foods"


def queue_digest(sql, company, item: str, *, is_sent: bool = False) -> uuid.UUID:
    """A digest that tells of an item, as the worker queues it; returns its message."""
    body = "Harbour Foods. Ines Ortega asks for 20% off."
    queue = "select private.queue_mail(%s, 'digest', 'ann@zen.test', 'Harbour Foods', %s, %s, body_html => %s)"
    message = fetch_value(sql, queue, company.id, body, str(uuid.uuid4()), body)
    insert_row(
        sql, "digests", company_id=company.id, person_id=company.csm.id, occasion="escalation", channel="email",
        day=date.today(), items=[item], fingerprints=[item], escalation_ids=[uuid.uuid4()], message_id=message,
    )  # fmt: skip
    if is_sent:
        sql.execute("update private.outbox set sent_at = now() where id = %s", [message])
    return message


@pytest.mark.parametrize("mode", ["pseudonymise", "remove"])
@pytest.mark.parametrize("subject", ["customer", "contact"])
def test_what_digests_said_is_gone_and_one_that_waits_is_not_sent(company, account, sql, subject, mode):
    run = fetch_value(sql, "select id from public.workflow_executions where customer_id = %s", account.id)
    waiting, sent = queue_digest(sql, company, f"run:{run}"), queue_digest(sql, company, f"run:{run}", is_sent=True)
    of_customer = queue_digest(sql, company, f"customer:{account.id}", is_sent=True)
    of_another = queue_digest(sql, company, f"customer:{uuid.uuid4()}")
    erase(company.manager, subject, account.id if subject == "customer" else contact_of(sql, account), mode)
    messages = (
        "select *, subject || body_text || coalesce(body_html, '') as said from private.outbox where company_id = %s"
    )
    rows = {row["id"]: row for row in fetch_rows(sql, messages, company.id)}
    for message in (waiting, sent, of_customer):
        assert rows[message]["said"] == "ErasedErased"
    assert (rows[waiting]["given_up_at"] is None, rows[sent]["given_up_at"], rows[sent]["sent_at"] is None) == (
        False, None, False,
    )  # fmt: skip
    assert "Harbour" in rows[of_another]["said"]
    assert rows[of_another]["given_up_at"] is None


def test_the_history_has_no_gap_after_an_erasure(company, account, sql):
    erase(company.manager, "customer", account.id, "remove")
    assert fetch_rows(sql, "select * from private.find_history_gaps(%s)", company.id) == []


def age_threads(sql, account, days: int) -> None:
    threads = "select private.threads_of_customer(%s)"
    moment = f"now() - interval '{days} days'"
    sql.execute("alter table public.workflow_chat_threads disable trigger touch")
    sql.execute(f"update public.workflow_chat_threads set updated_at = {moment} where id in ({threads})", [account.id])
    sql.execute("alter table public.workflow_chat_threads enable trigger touch")
    sql.execute(
        f"update public.workflow_chat_messages set created_at = {moment} where thread_id in ({threads})", [account.id]
    )


def test_conversations_past_their_days_are_deleted_with_a_proof(company, account, sql, operator):
    age_threads(sql, account, 40)
    preview = call_rpc(company.admin, "preview_chat_retention", p_days=30)
    assert preview["threads"] == 1
    assert call_rpc(company.admin, "preview_chat_retention", p_days=60)["threads"] == 0
    sql.execute("update public.company_settings set chat_retention_days = 60 where company_id = %s", [company.id])
    call_rpc(operator, "delete_old_chats", p_most=100)
    assert fetch_value(sql, "select count(*) from private.threads_of_customer(%s)", account.id) == 1
    sql.execute("update public.company_settings set chat_retention_days = 30 where company_id = %s", [company.id])
    assert call_rpc(operator, "delete_old_chats", p_most=100) == 1
    assert fetch_value(sql, "select count(*) from private.threads_of_customer(%s)", account.id) == 0
    proofs = fetch_rows(sql, "select * from public.erasures where company_id = %s and subject_id is null", company.id)
    assert [(proof["erased_by"], proof["touched"]["workflow_chat_threads"]) for proof in proofs] == [(None, 1)]
    sql.execute("update public.company_settings set chat_retention_days = null where company_id = %s", [company.id])


def test_only_admins_preview_retention_and_only_the_worker_deletes(company):
    with assert_refused("PT403"):
        call_rpc(company.manager, "preview_chat_retention", p_days=30)
    with assert_refused("42501"):
        call_rpc(company.admin, "delete_old_chats", p_most=100)
