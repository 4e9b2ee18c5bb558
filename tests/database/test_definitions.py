import json
import uuid
from typing import Any

import pytest

from tests.database.factories import SLIDES, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc, run_concurrently


@pytest.fixture
def company(books: Any) -> Any:
    """One for all: each test has a definition of its own."""
    return books


@pytest.fixture
def draft(company: Any, sql: Any) -> str:
    words = {"name": "Ours", "category": "renewal", "slide_sequence": SLIDES, "workflow_id": f"w-{uuid.uuid4()}"}
    return str(insert_row(sql, "workflow_definitions", company_id=company.id, created_by=company.csm.id, **words))


def publish_as(who: Any, definition: Any, revision: int | None = 1, note: str | None = None) -> Any:
    return call_rpc(who, "publish_workflow", p_definition_id=str(definition), p_revision=revision, p_note=note)


def change(who: Any, definition: str, **values: Any) -> Any:
    return who.client.table("workflow_definitions").update(values).eq("id", definition).execute().data


def test_publishing_makes_the_next_version_as_it_stands(company, draft):
    first = publish_as(company.manager, draft)
    change(company.manager, draft, name="Ours, better", slide_sequence=["greeting", "summary"])
    second = publish_as(company.admin, draft, revision=3, note="Shorter.")
    assert (first["version"], first["name"], first["slide_sequence"]) == (1, "Ours", SLIDES)
    assert (second["version"], second["name"], second["slide_sequence"]) == (2, "Ours, better", ["greeting", "summary"])
    assert (second["note"], second["published_by"]) == ("Shorter.", str(company.admin.id))


def test_every_change_grows_the_revision_whatever_is_sent(company, draft):
    assert change(company.csm, draft, name="Ours, better")[0]["revision"] == 2
    assert change(company.csm, draft, name="Ours, best", revision=99)[0]["revision"] == 3
    assert publish_as(company.manager, draft, revision=3)["version"] == 1


@pytest.mark.parametrize("revision", [None, 0, 2])
def test_what_was_changed_meanwhile_is_not_published(company, draft, revision):
    with assert_refused("PT409", "was changed after you opened it") as error:
        publish_as(company.manager, draft, revision)
    assert json.loads(error.value.details)["revision"] == 1


def test_publishing_twice_at_once_makes_one_version(company, draft, sql):
    outcomes = run_concurrently([lambda: publish_as(company.manager, draft) for _ in range(6)])
    assert outcomes.count("PT409") == 5
    assert (
        fetch_value(sql, "select count(*) from public.workflow_definition_versions where definition_id = %s", draft)
        == 1
    )


def test_a_csm_does_not_publish(company, draft):
    with assert_refused("PT403", "Only a manager can publish a workflow."):
        publish_as(company.csm, draft)


def test_nobody_publishes_stock_or_what_is_another_companys(company, strangers, draft, sql, stock_renewal):
    stock = "select id from public.workflow_definitions where workflow_id = %s and company_id is null"
    for definition in (fetch_value(sql, stock, stock_renewal), uuid.uuid4()):
        with assert_refused("PT404"):
            publish_as(company.manager, definition)
    with assert_refused("PT404"):
        publish_as(strangers.admin, draft)


def test_a_note_of_more_than_2000_characters_is_refused(company, draft):
    with assert_refused("PT400", "2,000 characters"):
        publish_as(company.manager, draft, note="x" * 2001)


def test_an_archived_workflow_can_be_published_again(company, draft):
    publish_as(company.manager, draft)
    assert change(company.manager, draft, status="archived")[0]["status"] == "archived"
    assert publish_as(company.manager, draft, revision=3)["version"] == 2


@pytest.mark.parametrize(
    "slides", [[], ["greeting", "summary", "greeting"], [["greeting"], ["summary"]], ["greeting"] * 41]
)
def test_a_sequence_has_one_to_forty_slides_and_none_twice(company, draft, slides):
    with assert_refused("23514"):
        change(company.csm, draft, slide_sequence=slides)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slide_sequence": ["greeting", "greting", "sumary"]}, "There is no slide “greting”, “sumary”."),
        ({"slide_contexts": {"greting": {}}}, "There is no slide “greting”."),
        (
            {"slide_contexts": {"greeting": {"lead": "Hi", "leed": "x"}, "summary": {"minuts": 3}}},
            "A slide context has no such field (greeting: “leed”, summary: “minuts”).",
        ),
    ],
)
def test_slides_and_context_fields_that_do_not_exist_are_refused_and_named(company, draft, changes, sentence):
    with assert_refused("PT400", sentence):
        change(company.csm, draft, **changes)


def test_a_workflow_without_a_summary_is_not_published(company, draft):
    change(company.csm, draft, slide_sequence=["greeting"])
    with assert_refused("PT400", "without the slide “summary”"):
        publish_as(company.manager, draft, revision=2)


def test_a_workflow_of_a_slide_that_is_gone_can_still_be_archived(company, draft, sql):
    with sql.transaction():
        sql.execute("alter table public.workflow_definitions disable trigger guard")
        sql.execute("update public.workflow_definitions set slide_sequence = '{gone}' where id = %s", [draft])
        sql.execute("alter table public.workflow_definitions enable trigger guard")
    assert change(company.manager, draft, status="archived")[0]["status"] == "archived"


def test_a_branch_of_a_slide_that_does_not_exist_is_refused(company, draft):
    branch = {
        "definition_id": draft, "company_id": str(company.id), "created_by": str(company.csm.id), "branch_key": "b",
        "branch_type": "fixed", "label": "B", "status": "draft",
    }  # fmt: skip
    table = company.csm.client.table("workflow_chat_branches")
    with assert_refused("PT400", "There is no slide “nowhere”."):
        table.insert(branch | {"slide_id": "nowhere"}).execute()
    assert table.insert(branch | {"slide_id": "greeting"}).execute().data


def test_a_company_has_one_workflow_of_an_id_and_so_has_stock(company, sql, stock_renewal):
    words = {"name": "Ours", "category": "renewal", "slide_sequence": ["greeting"]}
    mine = {"company_id": str(company.id), "created_by": str(company.csm.id), "workflow_id": f"w-{uuid.uuid4()}"}
    table = company.csm.client.table("workflow_definitions")
    table.insert(mine | words).execute()
    with assert_refused("23505"):
        table.insert(mine | words).execute()
    with pytest.raises(Exception, match="duplicate key"), sql.transaction():
        insert_row(sql, "workflow_definitions", workflow_id=stock_renewal, **words)


def test_a_run_stays_on_its_version_when_the_next_is_published(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    definition = call_rpc(company.csm, "workflow_run", p_execution_id=run)["version"]["definition_id"]
    revision = fetch_value(sql, "select revision from public.workflow_definitions where id = %s", definition)
    publish_as(company.manager, definition, revision)
    found = call_rpc(company.csm, "workflow_run", p_execution_id=run)
    assert (found["version"]["version"], found["latest_version"]) == (1, 2)
