"""Own questions, changed forms, free slides and conditions as the database takes them."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lib.slides.own_questions import OwnQuestionKind
from lib.slides.shown_sections import ShownSection
from lib.slides.slide_condition import Comparison, ConditionFact
from lib.slides.slide_context import SlideContext
from lib.workflows.draft_problems import list_draft_problems
from tests.database.action_calls import fetch_execution
from tests.database.closing_calls import save
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer, insert_draft, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company
from tests.workflows.test_draft_edits import make_draft

AUDIT = "custom:audit"
QUESTION = {"key": "own_auditor", "label": "Who audits them?", "kind": "text"}
CONDITION = {"all": [{"fact": "answer", "slide": AUDIT, "key": "own_audited", "comparison": "is", "value": True}]}
CONTEXTS = {
    AUDIT: {
        "title": "Security review",
        "questions": [QUESTION, {"key": "own_audited", "label": "Audited?", "kind": "yes_no"}],
        "shows": ["usage_chart", "notes"],
    },
    "draft-email:second": {"shown_when": CONDITION},
    "review-account": {"form": {"stands_out": {"label": "What is odd?", "is_required": True}}},
}
SLIDES = ["greeting", AUDIT, "review-account", "draft-email:second", "summary"]


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def draft(company: Company, sql: Sql) -> str:
    return insert_draft(sql, company.id, company.csm.id, slide_sequence=SLIDES)


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    workflow = "audited"
    if not fetch_value(
        sql,
        "select count(*) from public.workflow_definitions where workflow_id = %s and company_id = %s",
        workflow,
        company.id,
    ):
        publish_workflow(sql, company.id, workflow, slides=SLIDES, slide_contexts=json.dumps(CONTEXTS))
    customer = insert_customer(sql, company.id, company.csm.id)
    started = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow, p_customer_id=str(customer))
    return str(started["execution_id"])


def set_contexts(who: Any, draft: str, contexts: Any) -> Any:
    return who.client.table("workflow_drafts").update({"slide_contexts": contexts}).eq("id", draft).execute().data


def test_a_draft_keeps_what_it_says_and_publishes_it(company, draft):
    (row,) = set_contexts(company.csm, draft, CONTEXTS)
    assert row["slide_contexts"] == CONTEXTS
    made = call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=row["revision"])
    assert made["slide_contexts"] == CONTEXTS


def test_a_save_is_checked_for_what_it_changes_and_no_more(company, draft, sql):
    set_contexts(company.csm, draft, CONTEXTS)
    for changed in ({"greeting": {"minutes": 0}}, {AUDIT: {"title": "x" * 121}}, {"greeting": {"color": "red"}}):
        with assert_refused("PT400"):
            set_contexts(company.csm, draft, CONTEXTS | changed)
    # A field of earlier days, which the database did not refuse then.
    sql.execute("alter table public.workflow_drafts disable trigger guard")
    old = CONTEXTS | {"greeting": {"color": "red"}}
    sql.execute("update public.workflow_drafts set slide_contexts = %s where id = %s", [json.dumps(old), draft])
    sql.execute("alter table public.workflow_drafts enable trigger guard")
    (row,) = set_contexts(company.csm, draft, old | {"summary": {"minutes": 4}})
    with assert_refused("PT400", "greeting: “color”"):
        set_contexts(company.csm, draft, old | {"greeting": {"color": "blue"}})
    with assert_refused("PT400", "greeting: “color”"):
        call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=row["revision"])


def test_an_own_question_is_answered_on_its_slide_and_on_no_other(company, run, sql):
    save(company.csm, run, AUDIT, {"own_auditor": "Deloitte", "own_audited": True})
    row = fetch_rows(sql, "select * from public.workflow_step_executions where execution_id = %s", run)[0]
    assert row["answers"] == {"own_auditor": "Deloitte", "own_audited": True}
    with assert_refused("PT400", "The slide does not ask for “own_auditor”."):
        save(company.csm, run, "greeting", {"own_auditor": "Deloitte"})
    with assert_refused("PT400", "The slide does not ask for “own_other”."):
        call_rpc(
            company.csm, "save_step", p_execution_id=run, p_slide_id=AUDIT, p_answers={"own_other": 1}, p_revision=1
        )


def test_the_answer_is_in_the_history_of_the_run_by_its_key(company, run, sql):
    save(company.csm, run, AUDIT, {"own_auditor": "Deloitte"})
    told = "select slide_id, payload from public.workflow_execution_events where execution_id = %s and kind = %s"
    events = fetch_rows(sql, told, run, "step_saved")
    assert [(event["slide_id"], event["payload"]["keys"]) for event in events] == [(AUDIT, ["own_auditor"])]


def test_a_run_is_completed_without_the_slides_it_leaves_out(company, run, sql):
    revision = fetch_execution(sql, run)["revision"]
    call_rpc(
        company.csm, "complete_workflow", p_execution_id=run, p_revision=revision, p_outcome_code="renewed",
        p_amount=1000,
    )  # fmt: skip
    assert fetch_execution(sql, run)["status"] == "completed"


def test_a_list_counts_slides_that_are_certain(company, run, sql):
    count = "select private.count_slides_of_run(%s, %s, %s::jsonb)"
    assert fetch_value(sql, count, run, SLIDES, json.dumps(CONTEXTS)) == 4
    call_rpc(
        company.csm, "save_step", p_execution_id=run, p_slide_id="draft-email:second", p_answers={}, p_revision=0,
        p_status="done",
    )  # fmt: skip
    assert fetch_value(sql, count, run, SLIDES, json.dumps(CONTEXTS)) == 5
    customer = fetch_execution(sql, run)["customer_id"]
    (open_run,) = call_rpc(company.csm, "customer_page", p_customer_id=str(customer))["open_runs"]
    assert (open_run["slides"], open_run["slides_done"]) == (5, 1)


def compare(slide: str, key: str, value: Any, comparison: str = "is") -> dict[str, Any]:
    test = {"fact": "answer", "slide": slide, "key": key, "comparison": comparison, "value": value}
    return {"shown_when": {"all": [test]}}


OWN = {"questions": [{"key": "own_kind", "label": "Kind?", "kind": "choice", "choices": ["a", "b"]}]}
UNPUBLISHABLE: list[tuple[dict[str, Any], str]] = [
    ({"greeting": {"shown_when": {"any": [{"fact": "arr", "comparison": "below", "value": 5}]}}}, "no condition"),
    ({"summary": {"shown_when": {"all": [{"fact": "arr", "comparison": "below", "value": 5}]}}}, "takes no condition"),
    ({"contract-terms": compare("assess-risk", "own_call", "high")}, "does not come before it"),
    ({"contract-terms": compare("contract-terms", "terms_read", True)}, "does not come before it"),
    ({"assess-risk": compare("growth-plan", "amount", 5)}, "does not come before it"),
    ({"assess-risk": compare("contract-terms", "nothing", True)}, "does not ask"),
    ({"assess-risk": compare("greeting", "goal", True)}, "cannot be compared so"),
    ({"assess-risk": compare("contract-terms", "terms_read", "yes")}, "cannot be compared so"),
    ({"assess-risk": compare("contract-terms", "notice_intention", 5)}, "cannot be compared so"),
    ({"greeting": OWN, "assess-risk": compare("greeting", "own_other", "a")}, "does not ask"),
    ({"greeting": OWN, "assess-risk": compare("greeting", "own_kind", 5)}, "cannot be compared so"),
    ({"greeting": OWN, "assess-risk": compare("greeting", "own_kind", "c")}, "cannot be compared so"),
    ({"summary": {"form": {"outcome_code": {"is_hidden": True}}}}, "summary always asks “outcome_code”"),
    ({"summary": {"form": {"reason": {"is_required": False}}}}, "summary always asks “reason”"),
    ({"greeting": {"form": {"gaol": {"label": "x"}}}}, "greeting has no question “gaol”"),
]  # fmt: skip
WORKING: list[dict[str, Any]] = [
    {"assess-risk": compare("contract-terms", "terms_read", False, "is_not")},
    {"assess-risk": compare("contract-terms", "notice_intention", ["a", "b"], "one_of")},
    {"greeting": OWN, "contract-terms": compare("greeting", "own_kind", ["a"], "one_of")},
    {"summary": {"form": {"outcome_code": {"label": "How?", "is_required": True}, "notes": {"is_hidden": True}}}},
    {"assess-risk": {"shown_when": {"any": [{"fact": "health", "comparison": "is", "value": "red"}]}, "form": None}},
]
PLACES = ["greeting", "contract-terms", "assess-risk", "summary"]


def publish_contexts(company: Company, sql: Sql, contexts: dict[str, Any]) -> Any:
    draft = insert_draft(sql, company.id, company.manager.id, slide_sequence=PLACES)
    (row,) = set_contexts(company.manager, draft, contexts)
    return call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=row["revision"])


@pytest.mark.parametrize(("contexts", "sentence"), UNPUBLISHABLE)
def test_what_could_not_be_shown_is_written_but_not_published(company, sql, contexts, sentence):
    with assert_refused("PT400", sentence):
        publish_contexts(company, sql, contexts)
    assert list_problems(contexts)


@pytest.mark.parametrize("contexts", WORKING)
def test_conditions_on_earlier_answers_are_published(company, sql, contexts):
    assert publish_contexts(company, sql, contexts)["slide_contexts"] == contexts
    assert not list_problems(contexts)


def test_a_hidden_question_is_no_answer_to_compare(company, sql):
    contexts = {
        "greeting": OWN, "assess-risk": {"form": {"mitigation": {"is_hidden": True}}},
        "contract-terms": compare("greeting", "own_kind", "a"),
    }  # fmt: skip
    publish_contexts(company, sql, contexts)
    hidden = {"review-account": {"form": {"stands_out": {"is_hidden": True}}}}
    check = "select private.find_asked_kind(%s::jsonb, 'review-account', %s)"
    assert fetch_value(sql, check, json.dumps(hidden), "stands_out") is None
    assert fetch_value(sql, check, json.dumps(hidden), "data_wrong") == "long_text"


def list_problems(contexts: dict[str, Any]) -> tuple[Any, ...]:
    """What the builder says of a draft that the database refuses to publish."""
    return list_draft_problems(make_draft(slide_sequence=tuple(PLACES), slide_contexts=contexts, chat_branches={}))


WRONG: list[tuple[str, Any, str]] = [
    ("questions", {}, "is no list"),
    ("questions", [QUESTION] * 2, "has two questions of one name"),
    ("questions", [{**QUESTION, "key": "auditor"}], "has a question that cannot be asked"),
    ("questions", [{**QUESTION, "kind": "file"}], "has a question that cannot be asked"),
    ("questions", [{**QUESTION, "kind": "choice"}], "has a question that cannot be asked"),
    ("questions", [{**QUESTION, "kind": "choice", "choices": ["a", "a"]}], "has a question that cannot be asked"),
    ("questions", [{**QUESTION, "choices": ["a", "b"]}], "has a question that cannot be asked"),
    ("questions", [{**QUESTION, "color": 1}], "has a question that cannot be asked"),
    ("questions", ["x", None, 3], "has a question that cannot be asked"),
    ("questions", [{**QUESTION, "key": f"own_{n}"} for n in range(21)], "has more than 20 entries"),
    ("form", [], "is no object"),
    ("form", {"goal": {"color": 1}}, "has a change that cannot be read"),
    ("form", {"goal": {"is_hidden": "yes"}}, "has a change that cannot be read"),
    ("form", {"goal": 3}, "has a change that cannot be read"),
    ("form", {f"k{n}": {} for n in range(41)}, "has more than 40 entries"),
    ("shows", "notes", "is no list"),
    ("shows", ["passwords"], "has a part that a slide cannot show"),
    ("shows", ["notes", "notes"], "has a part that a slide cannot show"),
    ("shown_when", [], "is no object"),
    ("shown_when", {}, "has either “all” or “any”"),
    ("shown_when", {"all": {}}, "has no list of tests"),
    ("shown_when", {"all": []}, "has a test that cannot be made"),
    ("shown_when", {"all": [3]}, "has a test that cannot be made"),
    ("shown_when", {"all": CONDITION["all"] * 9}, "has a test that cannot be made"),
    ("shown_when", {"all": [{"fact": "password", "comparison": "is", "value": "x"}]}, "has a test that cannot be made"),
    ("shown_when", {"all": [{"fact": "arr", "comparison": "is", "value": "x"}]}, "has a test that cannot be made"),
    ("shown_when", {"all": [{"fact": "arr", "comparison": "~", "value": 1}]}, "has a test that cannot be made"),
]


@pytest.mark.parametrize(
    ("field", "value", "words"), WRONG, ids=[f"{name} {place}" for place, (name, *_) in enumerate(WRONG)]
)
def test_a_draft_takes_no_other_shape(company, draft, field, value, words):
    with assert_refused("PT400", f"greeting, {field} {words}"):
        set_contexts(company.csm, draft, {"greeting": {field: value}})


def test_a_free_slide_needs_a_label(company, sql):
    draft = insert_draft(sql, company.id, company.csm.id)
    with assert_refused("PT400", "The slide “custom” needs a label."):
        company.csm.client.table("workflow_drafts").update({"slide_sequence": ["custom", "summary"]}).eq(
            "id", draft
        ).execute()


TEXT = st.sampled_from(["x", "", "own_a", "own_b_2", "own_A", "Yes?", "x" * 41, "x" * 201])
JSON = st.none() | st.booleans() | st.integers(-5, 10**16) | TEXT | st.lists(TEXT, max_size=3)
QUESTIONS = st.fixed_dictionaries(
    {"key": TEXT, "label": TEXT, "kind": st.sampled_from([*OwnQuestionKind, "x"])},
    optional={"choices": JSON, "is_required": JSON, "help": JSON},
)
TESTS = st.fixed_dictionaries(
    {"fact": st.sampled_from([*ConditionFact, "x"]), "comparison": st.sampled_from([*Comparison, "x"]), "value": JSON},
    optional={"slide": JSON, "key": JSON},
)
CONTENTS = st.one_of(
    st.tuples(st.just("questions"), st.lists(QUESTIONS, max_size=3) | JSON),
    st.tuples(
        st.just("form"),
        st.dictionaries(TEXT, st.dictionaries(st.sampled_from(["label", "is_required", "is_hidden", "x"]), JSON))
        | JSON,
    ),
    st.tuples(st.just("shows"), st.lists(st.sampled_from([*ShownSection, "x"]), max_size=3) | JSON),
    st.tuples(
        st.just("shown_when"),
        st.dictionaries(st.sampled_from(["all", "any", "x"]), st.lists(TESTS, max_size=3) | JSON, max_size=2) | JSON,
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(CONTENTS)
def test_what_the_library_takes_the_database_takes(sql, content):
    """The database checks shapes, so it may take more than composing does, and never less."""
    field, value = content
    found = fetch_value(sql, "select private.slide_context_field_error(%s, %s::jsonb)", field, json.dumps(value))
    try:
        SlideContext.model_validate({field: value})
    except ValidationError:
        return
    assert found is None


@pytest.mark.parametrize("function", ["is_own_question", "is_form_change", "is_condition_test"])
def test_a_part_that_is_no_object_is_no_part(sql, function):
    for value in ("null", "3", '"x"', "[]"):
        assert fetch_value(sql, f"select private.{function}(%s::jsonb)", value) is False


def test_parts_of_a_slide_are_checked_one_by_one(sql):
    def check(statement: str, *values: Any) -> Any:
        return fetch_value(sql, f"select private.{statement}", *values)

    assert check("is_json_text('\"abc\"', 1, 3)") is True
    assert check("is_json_text('\"abcd\"', 1, 3)") is False
    assert check("is_condition_value('[\"a\"]', 'one_of')") is True
    assert check("is_condition_value('[]', 'one_of')") is False
    assert check("own_questions_error(%s::jsonb)", json.dumps([QUESTION])) is None
    assert check('form_changes_error(\'{"goal": {"label": "x"}}\')') is None
    assert check("shown_sections_error('[\"notes\"]')") is None
    assert check("slide_condition_error(%s::jsonb)", json.dumps(CONDITION)) is None
    assert check("list_own_keys(%s::jsonb, %s)", json.dumps(CONTEXTS), AUDIT) == ["own_auditor", "own_audited"]
    assert check("list_own_keys('[]', %s)", AUDIT) == []
    assert check("find_unknown_answer_keys('custom:a', '{\"own_x\": 1}', '{}')") == ["own_x"]
