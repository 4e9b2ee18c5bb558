import json
import uuid
from typing import Any

import pytest

from tests.database.factories import SLIDES, fetch_rows, fetch_value, insert_draft, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently


@pytest.fixture
def company(books: Any) -> Any:
    """One for all: each test has a definition of its own."""
    return books


@pytest.fixture
def draft(company: Any, sql: Any) -> str:
    return insert_draft(sql, company.id, company.csm.id)


def publish_as(who: Any, draft: Any, revision: int | None = 1, note: str | None = None) -> Any:
    return call_rpc(who, "publish_workflow", p_draft_id=str(draft), p_revision=revision, p_note=note)


def change(who: Any, draft: str, **values: Any) -> Any:
    return who.client.table("workflow_drafts").update(values).eq("id", draft).execute().data


def archive(who: Any, definition: str) -> Any:
    table = who.client.table("workflow_definitions")
    return table.update({"status": "archived"}).eq("id", definition).execute().data


def draft_next(sql: Any, who: Any, version: dict[str, Any], **changes: Any) -> str:
    """A draft that begins with a version, meant for the same workflow."""
    of = {"workflow_id": version["workflow_id"], "base_version_id": version["id"]}
    return insert_draft(sql, version["company_id"], who.id, **of | changes)


def test_publishing_makes_the_next_version_as_it_stands(company, draft, sql):
    first = publish_as(company.manager, draft)
    next_draft = draft_next(sql, company.csm, first, name="Ours, better", slide_sequence=["greeting", "summary"])
    second = publish_as(company.admin, next_draft, note="Shorter.")
    assert (first["version"], first["name"], first["slide_sequence"]) == (1, "Ours", SLIDES)
    assert (second["version"], second["name"], second["slide_sequence"]) == (2, "Ours, better", ["greeting", "summary"])
    assert (second["note"], second["published_by"]) == ("Shorter.", str(company.admin.id))
    assert second["definition_id"] == first["definition_id"]


def test_a_published_draft_is_the_definitions_content_and_gone(company, draft, sql):
    rule = {"rank": 7, "signals": ["silence"]}
    change(company.csm, draft, slide_contexts={"greeting": {"lead": "Hello."}}, suggested_when=rule)
    made = publish_as(company.manager, draft, revision=2)
    (row,) = fetch_rows(sql, "select * from public.workflow_definitions where id = %s", made["definition_id"])
    assert (row["status"], row["created_by"], row["cloned_from"]) == ("published", company.csm.id, None)
    assert (row["slide_contexts"], row["suggested_when"]) == ({"greeting": {"lead": "Hello."}}, rule)
    assert fetch_value(sql, "select count(*) from public.workflow_drafts where id = %s", draft) == 0
    with assert_refused("PT404", "This draft does not exist"):
        publish_as(company.manager, draft, revision=2)


def test_a_copy_of_stock_remembers_the_version_it_began_with(new_company, sql, stock_renewal):
    company = new_company()
    stock = fetch_rows(
        sql,
        "select * from public.workflow_definition_versions where workflow_id = %s and company_id is null limit 1",
        stock_renewal,
    )[0]
    draft = insert_draft(sql, company.id, company.csm.id, workflow_id=stock_renewal, base_version_id=stock["id"])
    made = publish_as(company.manager, draft)
    columns = "select cloned_from, cloned_from_version from public.workflow_definitions where id = %s"
    (row,) = fetch_rows(sql, columns, made["definition_id"])
    assert row == {"cloned_from": stock["definition_id"], "cloned_from_version": stock["version"]}


def test_every_change_grows_the_revision_and_it_is_not_written(company, draft):
    assert change(company.csm, draft, name="Ours, better")[0]["revision"] == 2
    with assert_refused("42501"):
        change(company.csm, draft, name="Ours, best", revision=99)
    assert publish_as(company.manager, draft, revision=2)["version"] == 1


def test_nothing_is_published_over_a_version_the_draft_did_not_begin_with(company, draft, sql):
    first = publish_as(company.manager, draft)
    drafts = [draft_next(sql, who, first, name=who.full_name) for who in (company.csm, company.other_csm)]
    drafts += [insert_draft(sql, company.id, company.csm.id, workflow_id=first["workflow_id"])]
    second = publish_as(company.manager, drafts[0])
    for late in drafts[1:]:
        with assert_refused("PT409", "has version 2, which this draft did not begin with") as error:
            publish_as(company.manager, late)
        assert json.loads(error.value.details)["id"] == second["id"]
    assert change(company.other_csm, drafts[1], base_version_id=second["id"])
    assert publish_as(company.manager, drafts[1], revision=2)["version"] == 3


def test_two_drafts_for_one_new_id_published_at_once_make_one_version(company, sql):
    same = f"w-{uuid.uuid4()}"
    drafts = [insert_draft(sql, company.id, who.id, workflow_id=same) for who in (company.csm, company.other_csm)]
    outcomes = run_concurrently([lambda draft=draft: publish_as(company.manager, draft) for draft in drafts])
    assert outcomes.count("PT409") == 1
    versions = "select count(*) from public.workflow_definition_versions where workflow_id = %s"
    assert fetch_value(sql, versions, same) == 1


@pytest.mark.parametrize("revision", [None, 0, 2])
def test_what_was_changed_meanwhile_is_not_published(company, draft, revision):
    with assert_refused("PT409", "was changed after you opened it") as error:
        publish_as(company.manager, draft, revision)
    assert json.loads(error.value.details)["revision"] == 1


def test_publishing_twice_at_once_makes_one_version(company, draft, sql):
    workflow = fetch_value(sql, "select workflow_id from public.workflow_drafts where id = %s", draft)
    outcomes = run_concurrently([lambda: publish_as(company.manager, draft) for _ in range(6)])
    assert outcomes.count("PT404") == 5
    versions = "select count(*) from public.workflow_definition_versions where workflow_id = %s"
    assert fetch_value(sql, versions, workflow) == 1


def test_a_csm_does_not_publish(company, draft):
    with assert_refused("PT403", "Only a manager can publish a workflow."):
        publish_as(company.csm, draft)


def test_nobody_publishes_stock_or_what_is_another_companys(company, strangers, draft, sql, stock_renewal):
    stock = "select id from public.workflow_definitions where workflow_id = %s and company_id is null"
    for no_draft in (fetch_value(sql, stock, stock_renewal), uuid.uuid4()):
        with assert_refused("PT404"):
            publish_as(company.manager, no_draft)
    with assert_refused("PT404"):
        publish_as(strangers.admin, draft)


def test_a_note_of_more_than_2000_characters_is_refused(company, draft):
    with assert_refused("PT400", "2,000 characters"):
        publish_as(company.manager, draft, note="x" * 2001)


def test_an_archived_workflow_can_be_published_again(company, draft, sql):
    first = publish_as(company.manager, draft)
    assert archive(company.manager, first["definition_id"])[0]["status"] == "archived"
    afresh = insert_draft(sql, company.id, company.csm.id, workflow_id=first["workflow_id"])
    assert publish_as(company.manager, afresh)["version"] == 2
    status = "select status from public.workflow_definitions where id = %s"
    assert fetch_value(sql, status, first["definition_id"]) == "published"


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


def test_a_workflow_of_a_slide_that_is_gone_can_still_be_archived(company, sql):
    definition = publish_workflow(sql, company.id, f"w-{uuid.uuid4()}")
    with sql.transaction():
        sql.execute("alter table public.workflow_definitions disable trigger guard")
        sql.execute("update public.workflow_definitions set slide_sequence = '{gone}' where id = %s", [definition])
        sql.execute("alter table public.workflow_definitions enable trigger guard")
    assert archive(company.manager, str(definition))[0]["status"] == "archived"


def test_a_branch_of_a_slide_that_does_not_exist_is_refused(company, sql):
    definition = str(publish_workflow(sql, company.id, f"w-{uuid.uuid4()}"))
    branch = {
        "definition_id": definition, "company_id": str(company.id), "created_by": str(company.csm.id),
        "branch_key": "b", "branch_type": "fixed", "label": "B", "status": "draft",
    }  # fmt: skip
    table = company.csm.client.table("workflow_chat_branches")
    with assert_refused("PT400", "There is no slide “nowhere”."):
        table.insert(branch | {"slide_id": "nowhere"}).execute()
    assert table.insert(branch | {"slide_id": "greeting"}).execute().data


def test_a_company_has_one_workflow_of_an_id_and_so_has_stock(company, sql, stock_renewal):
    words = {"name": "Ours", "category": "renewal", "slide_sequence": ["greeting"]}
    mine = {"company_id": company.id, "workflow_id": f"w-{uuid.uuid4()}"}
    insert_row(sql, "workflow_definitions", **mine, **words)
    with pytest.raises(Exception, match="duplicate key"), sql.transaction():
        insert_row(sql, "workflow_definitions", **mine, **words)
    with pytest.raises(Exception, match="duplicate key"), sql.transaction():
        insert_row(sql, "workflow_definitions", workflow_id=stock_renewal, **words)


def test_a_run_stays_on_its_version_when_the_next_is_published(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    version = call_rpc(company.csm, "workflow_run", p_execution_id=run)["version"]
    publish_as(company.manager, draft_next(sql, company.csm, version))
    found = call_rpc(company.csm, "workflow_run", p_execution_id=run)
    assert (found["version"]["version"], found["latest_version"]) == (1, 2)


@pytest.mark.parametrize(
    ("contexts", "sentence"),
    [
        ({"greeting": "Hello."}, "greeting is no object."),
        ({"greeting": ["Hello."]}, "greeting is no object."),
        ({"greeting": {"lead": 5}}, "greeting, lead is no text."),
        ({"greeting": {"title": "x" * 121}}, "greeting, title has more than 120 characters."),
        ({"greeting": {"question": "x" * 401}}, "greeting, question has more than 400 characters."),
        ({"greeting": {"checklist": "one"}}, "greeting, checklist is no list."),
        ({"greeting": {"checklist": ["one", 2]}}, "greeting, checklist is no text."),
        ({"greeting": {"checklist": ["one"] * 13}}, "greeting, checklist has more than 12 entries."),
        ({"greeting": {"minutes": "ten"}}, "greeting, minutes is no number of minutes."),
        ({"greeting": {"minutes": 121}}, "greeting, minutes is not from 1 to 120 minutes."),
        ({"greeting": {"minutes": 1.5}}, "greeting, minutes is not from 1 to 120 minutes."),
        ({"greeting": {"lead": "Hello {{ customer.name"}}, "greeting, lead has a placeholder that is not closed."),
        ({"greeting": {"lead": "{% if arr"}}, "greeting, lead has a placeholder that is not closed."),
        ({"greeting": {"colour": "red"}}, "no such field (greeting: “colour”)"),
        ({"greetings": {}}, "There is no slide “greetings”."),
    ],
)
def test_contexts_that_no_slide_can_use_are_refused_at_every_door(contexts, sentence, company, draft):
    with assert_refused("PT400", sentence):
        change(company.csm, draft, slide_contexts=contexts)


def test_every_context_the_composer_takes_is_taken(company, sql):
    contexts = {
        "greeting": {
            "title": "x" * 120,
            "lead": "Hello {{ customer.name }}, {% if arr %}yes{% endif %} {# a note #} {",
            "checklist": ["{{ customer.name }}"] * 12,
            "question": None,
            "minutes": 120,
            "subject": "",
            "body": "x" * 8000,
        },
        "summary": {},
    }
    draft = insert_draft(sql, company.id, company.csm.id, slide_contexts=contexts)
    assert publish_as(company.manager, draft)["slide_contexts"] == contexts


def test_a_context_of_a_slide_that_is_not_in_the_workflow_is_not_published(company, draft):
    change(company.csm, draft, slide_contexts={"draft-email": {"lead": "Write."}})
    with assert_refused("PT400", "There is a context for “draft-email”, but no such slide in the workflow."):
        publish_as(company.manager, draft, revision=2)


def test_a_leader_discards_a_colleagues_draft_and_nobody_elses(company, draft, strangers):
    def discard(who: Any) -> Any:
        return who.client.table("workflow_drafts").delete().eq("id", draft).execute().data

    assert discard(company.other_csm) == []
    assert discard(strangers.admin) == []
    assert len(discard(company.manager)) == 1
