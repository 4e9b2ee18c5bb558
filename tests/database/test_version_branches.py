"""Branches of drafts and versions: what may be published, and what a run of each version is offered."""

import uuid
from typing import Any

import pytest

from tests.database.chat_calls import begin_turn, finish_turn
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_draft, insert_row
from tests.database.rpc import assert_refused, call_rpc

DRAFT = {"category": "renewal", "slide_sequence": ["greeting", "summary"]}


@pytest.fixture
def company(books: Any) -> Any:
    """One for all: each test has a workflow of its own."""
    return books


@pytest.fixture
def workflow_id() -> str:
    return f"w-{uuid.uuid4()}"


def branch(key: str, text: str = "Because.", **more: Any) -> dict[str, Any]:
    return {"branch_key": key, "branch_type": "fixed", "label": f"{key}?", "response_text": text} | more


def add_draft(
    company: Any, sql: Any, workflow_id: str, *branches: dict[str, Any], base: Any = None, **more: Any
) -> str:
    content = {"chat_branches": {"greeting": list(branches)}} if branches else {}
    version = base["id"] if base else None
    return insert_draft(
        sql, company.id, company.csm.id, workflow_id=workflow_id, base_version_id=version, **DRAFT, **content, **more
    )


def publish(company: Any, draft: str) -> Any:
    return call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=1)


def start(company: Any, sql: Any, workflow_id: str) -> str:
    customer = str(insert_customer(sql, company.id, company.csm.id))
    started = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow_id, p_customer_id=customer)
    return str(started["execution_id"])


def offered(company: Any, run: str) -> dict[str, str]:
    shown = call_rpc(company.csm, "chat_panel", p_execution_id=run, p_slide_id="greeting")["branches"]
    return {each["branch_key"]: each["response_text"] for each in shown}


def copied(company: Any, version: Any, number: int | None = None) -> Any:
    found = call_rpc(company.csm, "version_to_copy", p_definition_id=version["definition_id"], p_version=number)
    return found["chat_branches"]


def test_a_run_is_offered_the_branches_of_its_version(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why"), branch("how")))
    old = start(company, sql, workflow_id)
    later = (branch("why", "Since Monday."), branch("when"))
    publish(company, add_draft(company, sql, workflow_id, *later, base=first))
    assert offered(company, old) == {"why": "Because.", "how": "Because."}
    assert offered(company, start(company, sql, workflow_id)) == {"why": "Since Monday.", "when": "Because."}


def test_the_rows_of_branches_are_kept_by_key_and_archived_when_gone(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why"), branch("how")))
    rows = "select branch_key, id, status, since_version from public.workflow_chat_branches where definition_id = %s"
    before = {row["branch_key"]: row["id"] for row in fetch_rows(sql, rows, first["definition_id"])}
    publish(company, add_draft(company, sql, workflow_id, branch("when"), branch("why", "So."), base=first))
    after = {row["branch_key"]: row for row in fetch_rows(sql, rows, first["definition_id"])}
    assert (after["why"]["id"], after["how"]["id"]) == (before["why"], before["how"])
    assert {key: row["status"] for key, row in after.items()} == {
        "why": "published",
        "how": "archived",
        "when": "published",
    }
    assert {key: row["since_version"] for key, row in after.items()} == {"why": 1, "how": 1, "when": 2}


@pytest.fixture
def later(sql) -> dict[str, Any]:
    """A branch that proposes to snooze."""
    action = fetch_value(sql, "select id::text from public.saved_actions where kind = 'snooze' and company_id is null")
    return {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": action}


def test_days_of_a_snooze_are_those_of_the_runs_version_and_copied(company, sql, workflow_id, later):
    first = publish(company, add_draft(company, sql, workflow_id, later | {"snooze_days": 730}))
    old = start(company, sql, workflow_id)
    publish(company, add_draft(company, sql, workflow_id, later, base=first))

    def days(run: str) -> Any:
        (shown,) = call_rpc(company.csm, "chat_panel", p_execution_id=run, p_slide_id="greeting")["branches"]
        return shown["snooze_days"]

    assert (days(old), days(start(company, sql, workflow_id))) == (730, None)
    assert copied(company, first, 1) == {"greeting": [later | {"snooze_days": 730}]}
    assert copied(company, first, 2) == {"greeting": [later]}


@pytest.mark.parametrize("days", [0, 731, -1, 1.5, "7"])
def test_a_draft_takes_no_other_days(company, sql, workflow_id, later, days):
    draft = add_draft(company, sql, workflow_id)
    changed = {"chat_branches": {"greeting": [later | {"snooze_days": days}]}}
    with assert_refused("23514"):
        company.csm.client.table("workflow_drafts").update(changed).eq("id", draft).execute()


def test_days_of_an_action_that_does_not_snooze_are_not_published(company, sql, workflow_id, later):
    skip = fetch_value(sql, "select id::text from public.saved_actions where kind = 'skip' and company_id is null")
    draft = add_draft(company, sql, workflow_id, later | {"saved_action_id": skip, "snooze_days": 7})
    with assert_refused("PT400", "its action does not snooze"):
        publish(company, draft)


def test_branches_are_offered_in_the_order_of_the_version(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("b"), branch("a"), branch("c")))
    assert list(offered(company, start(company, sql, workflow_id))) == ["b", "a", "c"]
    assert [each["branch_key"] for each in copied(company, first)["greeting"]] == ["b", "a", "c"]


def test_a_message_refers_to_the_branch_of_an_older_version(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    run = start(company, sql, workflow_id)
    publish(company, add_draft(company, sql, workflow_id, branch("how"), base=first))
    (shown,) = call_rpc(company.csm, "chat_panel", p_execution_id=run, p_slide_id="greeting")["branches"]
    assert begin_turn(company.csm, run, p_branch_id=shown["id"])["message"]["branch_id"] == shown["id"]


def promote(company: Any, sql: Any, run: str, key: str, status: str = "published") -> None:
    told = finish_turn(company.csm, begin_turn(company.csm, run))["messages"][0]
    definition = fetch_value(
        sql,
        """select v.definition_id from public.workflow_executions e
           join public.workflow_definition_versions v on v.id = e.definition_version_id where e.id = %s""",
        run,
    )
    row = {"definition_id": str(definition), "company_id": str(company.id), "created_by": str(company.manager.id)}
    words = {"slide_id": "greeting", "status": status, "promoted_from": told["id"]}
    # The conversation is the CSM's: the operator inserts what their manager publishes.
    insert_row(sql, "workflow_chat_branches", **row, **words, **branch(key))


def test_a_promoted_answer_is_offered_beside_every_version_and_copied_to_the_next_draft(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    run = start(company, sql, workflow_id)
    promote(company, sql, run, "promoted")
    promote(company, sql, run, "waiting", status="draft")
    assert set(offered(company, run)) == {"why", "promoted"}
    content = copied(company, first)["greeting"]
    assert {each["branch_key"] for each in content} == {"why", "promoted"}
    second = publish(company, add_draft(company, sql, workflow_id, *content, base=first))
    assert set(offered(company, run)) == set(offered(company, start(company, sql, workflow_id))) == {"why", "promoted"}
    third = publish(company, add_draft(company, sql, workflow_id, branch("why"), base=second))
    assert third["version"] == 3
    assert set(offered(company, start(company, sql, workflow_id))) == {"why"}


def test_an_answer_promoted_after_the_draft_was_begun_is_not_lost(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    run = start(company, sql, workflow_id)
    draft = add_draft(company, sql, workflow_id, branch("why"), base=first)
    promote(company, sql, run, "promoted")
    publish(company, draft)
    assert set(offered(company, start(company, sql, workflow_id))) == {"why", "promoted"}


def test_what_was_promoted_before_the_branches_were_copied_is_taken_out_with_them(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    run = start(company, sql, workflow_id)
    read_before = fetch_value(sql, "select now()")
    promote(company, sql, run, "promoted")
    second = publish(
        company, add_draft(company, sql, workflow_id, branch("why"), base=first, branches_read_at=read_before)
    )
    assert set(offered(company, start(company, sql, workflow_id))) == {"why", "promoted"}
    read_after = fetch_value(sql, "select now()")
    publish(company, add_draft(company, sql, workflow_id, branch("why"), base=second, branches_read_at=read_after))
    assert set(offered(company, start(company, sql, workflow_id))) == {"why"}


def test_a_draft_has_seen_nothing_of_the_future(company, sql, workflow_id):
    draft = add_draft(company, sql, workflow_id, branches_read_at="2999-01-01")
    future = "select branches_read_at > now() from public.workflow_drafts where id = %s"
    assert fetch_value(sql, future, draft) is False


def test_figures_of_a_customer_written_into_a_promoted_answer_are_not_published(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    promote(company, sql, start(company, sql, workflow_id), "promoted")
    draft = add_draft(company, sql, workflow_id, branch("promoted", "They pay $93,000."), base=first)
    with assert_refused("PT400", "Put placeholders in place of: $93,000."):
        publish(company, draft)
    draft = add_draft(company, sql, workflow_id, branch("promoted", "They pay {{ contract.arr }}."), base=first)
    assert publish(company, draft)["version"] == 2


def test_publishing_leaves_answers_that_wait_for_a_leader(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    promote(company, sql, start(company, sql, workflow_id), "waiting", status="draft")
    publish(company, add_draft(company, sql, workflow_id, base=first))
    rows = "select status from public.workflow_chat_branches where definition_id = %s and branch_key = 'waiting'"
    assert fetch_value(sql, rows, first["definition_id"]) == "draft"


def test_a_copy_of_stock_has_stocks_branches_with_the_companys_over_them(new_company, sql, stock_renewal):
    company = new_company()
    version = fetch_rows(
        sql,
        """select * from public.workflow_definition_versions where workflow_id = %s and company_id is null
           order by version desc limit 1""",
        stock_renewal,
    )[0]
    stock = {"definition_id": str(version["definition_id"])}
    before = copied(company, stock)
    (first, second, *_) = (each["branch_key"] for each in before["greeting"])
    row = {"definition_id": version["definition_id"], "company_id": company.id, "slide_id": "greeting"}
    insert_row(sql, "workflow_chat_branches", **row, **branch(first, "Our answer."))
    insert_row(sql, "workflow_chat_branches", **row, **branch(second), status="archived")
    after = {each["branch_key"]: each.get("response_text") for each in copied(company, stock)["greeting"]}
    assert after[first] == "Our answer."
    assert second not in after
    draft = insert_draft(
        sql,
        company.id,
        company.csm.id,
        workflow_id=stock_renewal,
        base_version_id=version["id"],
        slide_sequence=version["slide_sequence"],
        chat_branches=copied(company, stock),
    )
    publish(company, draft)
    assert set(offered(company, start(company, sql, stock_renewal))) == set(after)


@pytest.mark.parametrize(
    "broken",
    [
        [],
        {"greeting": {}},
        {"greeting": [{}]},
        {"greeting": [branch("why"), branch("why")]},
        {"greeting": [branch("")]},
        {"greeting": [branch("k" * 101)]},
        {"greeting": [branch("why", label="x" * 201)]},
        {"greeting": [branch("why", "x" * 40_001)]},
        {"greeting": [branch("why", branch_type="poll")]},
        {"greeting": [branch("why", prompt="Ask")]},
        {"greeting": [branch("why", response_text=["So"])]},
        {"greeting": [branch("why", extra=1)]},
        {"greeting": [{"branch_key": "do", "branch_type": "saved_action", "saved_action_id": "no"}]},
        {"greeting": [branch(str(number)) for number in range(51)]},
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_list_of_branches_is_not_drafted(company, broken, workflow_id):
    row = {"company_id": str(company.id), "author_id": str(company.csm.id), "workflow_id": workflow_id, "name": "Ours"}
    with assert_refused("23514"):
        company.csm.client.table("workflow_drafts").insert(row | DRAFT | {"chat_branches": broken}).execute()


def test_an_unfinished_branch_is_drafted_and_named_when_published(company, sql, workflow_id):
    draft = add_draft(
        company,
        sql,
        workflow_id,
        branch("why", " ", next_branch_key="gone"),
        branch("a", next_branch_key="b"),
        branch("b", next_branch_key="a"),
        {"branch_key": "ask", "branch_type": "rag", "label": ""},
        {"branch_key": "do", "branch_type": "saved_action", "label": "Do"},
    )
    with assert_refused("PT400") as error:
        publish(company, draft)
    assert error.value.message.split("The branch ")[1:] == [
        "“why” on greeting has no answer. ",
        "“why” on greeting leads to “gone”, which is not on its slide. ",
        "“a” on greeting leads back to itself. ",
        "“b” on greeting leads back to itself. ",
        "“ask” on greeting has no label. ",
        "“ask” on greeting has no prompt. ",
        "“do” on greeting has no action.",
    ]


def test_of_many_errors_fifty_are_named_and_the_rest_counted(company, sql, workflow_id):
    unfinished = {f"draft-email:{number}": [branch(f"b{each}", "") for each in range(50)] for number in range(20)}
    draft = insert_draft(
        sql, company.id, company.csm.id, workflow_id=workflow_id, **DRAFT, chat_branches=unfinished
    )  # fmt: skip
    with assert_refused("PT400") as error:
        publish(company, draft)
    # Each has no answer, and is on a slide that is not in the workflow.
    assert error.value.message.count("The branch “") == 50
    assert error.value.message.endswith("And 1950 more.")
    assert len(error.value.details) < 10_000


def test_branches_of_a_slide_that_is_not_in_the_workflow_are_not_published(company, sql, workflow_id):
    draft = insert_draft(
        sql, company.id, company.csm.id, workflow_id=workflow_id, **DRAFT,
        chat_branches={"pricing-strategy": [branch("why")]},
    )  # fmt: skip
    with assert_refused("PT400", "is on a slide that is not in the workflow"):
        publish(company, draft)


def test_a_branch_proposes_an_action_of_stock_or_the_company_that_is_not_archived(company, strangers, sql, workflow_id):
    ours = insert_row(sql, "saved_actions", company_id=company.id, kind="custom", name=str(uuid.uuid4()))
    foreign = insert_row(sql, "saved_actions", company_id=strangers.id, kind="custom", name=str(uuid.uuid4()))
    row = {"company_id": str(company.id), "author_id": str(company.csm.id), "workflow_id": workflow_id, "name": "Ours"}

    def insert(action: Any) -> Any:
        do = {"branch_key": "do", "branch_type": "saved_action", "label": "Do", "saved_action_id": str(action)}
        content = DRAFT | {"chat_branches": {"greeting": [do]}}
        return company.csm.client.table("workflow_drafts").insert(row | content).execute().data[0]["id"]

    for unknown in (foreign, uuid.uuid4()):
        with assert_refused("PT400", "do on greeting"):
            insert(unknown)
    draft = insert(ours)
    sql.execute("update public.saved_actions set archived_at = now() where id = %s", [ours])
    with assert_refused("PT400", "has an action that is archived"):
        publish(company, draft)
    sql.execute("update public.saved_actions set archived_at = null where id = %s", [ours])
    assert publish(company, draft)["chat_branches"]["greeting"][0]["saved_action_id"] == str(ours)


def test_a_branch_of_a_slide_that_does_not_exist_is_not_drafted(company, workflow_id):
    row = {"company_id": str(company.id), "author_id": str(company.csm.id), "workflow_id": workflow_id, "name": "Ours"}
    with assert_refused("PT400", "no-slide"):
        company.csm.client.table("workflow_drafts").insert(row | DRAFT | {"chat_branches": {"no-slide": []}}).execute()


def test_a_leader_does_not_reword_a_published_branch_beside_its_version(company, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    table = company.manager.client.table("workflow_chat_branches")
    changed = table.update({"label": "How so?"}).eq("definition_id", first["definition_id"]).execute()
    assert changed.data == []


def test_a_version_of_another_company_is_not_copied(company, strangers, sql, workflow_id):
    first = publish(company, add_draft(company, sql, workflow_id, branch("why")))
    with assert_refused("PT404"):
        call_rpc(strangers.admin, "version_to_copy", p_definition_id=first["definition_id"])
    with assert_refused("PT404"):
        copied(company, first, 2)
