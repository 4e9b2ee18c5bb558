"""Drafts by description over HTTP and a real database; only the model's words are made up."""

import json
import threading
import time
import uuid
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from postgrest.exceptions import APIError

from lib.errors import Conflict, InvalidInput, Unavailable
from lib.llm.language_model import Timeouts
from lib.llm.language_model_factory import create_language_model
from lib.llm.model_settings import ModelApi, ModelPrice, ModelSettings
from lib.slides.model import SlideId
from lib.workflow_proposals.repository import ProposalRepository
from lib.workflow_proposals.service import DAY_LIMIT, NOT_A_WORKFLOW, TOO_SLOW, ProposalService, make_workflow_id
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.model import WorkflowDraft
from lib.workflows.repository import WorkflowRepository
from tests.chat.chat_harness import get_person
from tests.database.factories import Sql, fetch_rows, fetch_value
from tests.database.rpc import call_rpc
from tests.support.companies import Company, Member
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedRefusal, ScriptedReply

DESCRIPTION = "for a customer whose champion left before renewal"
QUICK = Timeouts(connect=2, silence=1, heartbeat=0.02, backoff=0.01, max_retry_after=1)
PROPOSAL: dict[str, Any] = {
    "name": "Champion left",
    "description": "When a champion leaves before the renewal.",
    "category": "risk",
    "slides": [{"slide": "greeting", "lead": "{{ champion.name }} left."}, {"slide": "assess-departure"}],
    "not_done": ["It does not begin by itself."],
}


def proposing(member: Member, settings: ModelSettings, **more: Any) -> ProposalService:
    return ProposalService(
        ProposalRepository(member.client),
        WorkflowRepository(member.client),
        replace(get_person(member)),
        settings=settings,
        models=lambda chosen: create_language_model(chosen, QUICK),
        **more,
    )


def ask(service: ProposalService, description: str = DESCRIPTION, proposal_id: str | None = None) -> str:
    """The id of the draft, waited for."""
    with closing(service.stream_draft_of_model(proposal_id or str(uuid.uuid4()), description)) as events:
        while True:
            try:
                next(events)
            except StopIteration as over:
                return str(over.value)


def drafts(sql: Sql, company: Company) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.workflow_drafts where company_id = %s", company.id)


def proposals(sql: Sql, company: Company) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.workflow_proposals where company_id = %s", company.id)


@pytest.fixture
def service(company: Company, completions: ModelSettings) -> ProposalService:
    return proposing(company.csm, completions)


@pytest.mark.parametrize("api", list(ModelApi))
def test_a_proposal_becomes_a_draft_of_ones_own_with_its_note(
    api: ModelApi, company: Company, sql: Sql, server: ModelServer
) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),)))
    price = ModelPrice(model="small", input=1, output=2)  # type: ignore[arg-type]
    settings = ModelSettings(base_url=server.url, api_key="k", model="small", api=api, prices=(price,))
    service = proposing(company.csm, settings)
    draft_id = ask(service)
    draft = WorkflowRepository(company.csm.client).fetch_draft(draft_id)
    assert (draft.author_id, draft.name, draft.base_version_id) == (str(company.csm.id), "Champion left", None)
    assert draft.slide_sequence == ("greeting", "assess-departure", "summary")
    assert list_draft_problems(draft) == ()
    stored = service.fetch_proposal_of_draft(draft_id)
    assert stored is not None
    assert (stored.description, stored.model, stored.is_by_rules) == (DESCRIPTION, "small", False)
    assert stored.note.not_done == ("It does not begin by itself.",)
    assert (stored.input_tokens, stored.output_tokens) == (120, 30)
    assert float(stored.cost_usd or 0) == pytest.approx(0.00018)
    assert stored.answer["name"] == "Champion left"
    assert "Slides:" in stored.system_prompt
    assert len(server.requests) == 1


def test_the_model_is_given_the_library_and_the_description_and_nothing_of_a_customer(
    company: Company, sql: Sql, service: ProposalService, server: ModelServer
) -> None:
    sql.execute(
        "insert into public.customers (company_id, owner_id, name, segment, customer_since)"
        " values (%s, %s, 'Vandelay Imports', 'mid', '2024-01-01')",
        [company.id, company.csm.id],
    )
    server.script(ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),)))
    ask(service)
    (request,) = server.requests
    sent = json.dumps(request.body)
    assert DESCRIPTION in sent
    assert all(slide in sent for slide in SlideId)
    assert "Vandelay" not in sent


def test_arguments_that_do_not_fit_are_asked_for_again(
    company: Company, sql: Sql, service: ProposalService, server: ModelServer
) -> None:
    server.script(
        ScriptedReply(calls=(ScriptedCall("propose_workflow", {"name": "A"}),)),
        ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),)),
    )
    assert ask(service)
    assert len(server.requests) == 2
    assert (proposals(sql, company)[0]["input_tokens"], len(drafts(sql, company))) == (240, 1)


def test_a_model_without_tools_may_answer_in_json(service: ProposalService, server: ModelServer) -> None:
    server.script(ScriptedReply(f"```json\n{json.dumps(PROPOSAL)}\n```"))
    assert ask(service)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (ScriptedReply("I would rather not."), NOT_A_WORKFLOW),
        (ScriptedReply(calls=(ScriptedCall("drop_tables", {}),)), NOT_A_WORKFLOW),
        (ScriptedReply(calls=(ScriptedCall("propose_workflow", "{broken"),)), NOT_A_WORKFLOW),
        (
            ScriptedReply(calls=(ScriptedCall("propose_workflow", {**PROPOSAL, "slides": [{"slide": "evil"}]}),)),
            "no slide that Zen has",
        ),
        (ScriptedReply("Half of", cut=1), "cut off"),
        (ScriptedReply("Half of", stall=1), "stopped answering"),
        (ScriptedRefusal(401), "does not accept Zen's key"),
        (ScriptedRefusal(500), "has a problem"),
        (ScriptedReply(), "gave no answer"),
    ],
)
def test_a_model_that_fails_or_lies_is_a_plain_sentence_and_no_draft(
    step: Any, told: str, company: Company, sql: Sql, service: ProposalService, server: ModelServer
) -> None:
    server.script(*[step] * 3)
    with pytest.raises(Unavailable, match=told) as failed:
        ask(service)
    assert "Your description is kept" in (failed.value.hint or "")
    assert drafts(sql, company) == []
    (row,) = proposals(sql, company)
    assert (row["status"], row["description"]) == ("failed", DESCRIPTION)
    assert "vendor words" not in str(row)


def test_a_server_that_is_gone_is_a_sentence(company: Company) -> None:
    nowhere = ModelSettings(base_url="http://127.0.0.1:9/v1", api_key="k", model="small")
    with pytest.raises(Unavailable, match="cannot be reached"):
        ask(proposing(company.csm, nowhere))


def test_a_model_that_goes_on_for_too_long_is_hung_up_on(
    company: Company, completions: ModelSettings, server: ModelServer
) -> None:
    server.script(ScriptedReply("Thinking about it. " * 40, pieces=400, delay=0.02))
    with pytest.raises(Unavailable, match=TOO_SLOW):
        ask(proposing(company.csm, completions, max_seconds=0.3))


def test_a_failed_attempt_can_be_made_again_and_by_rules(
    company: Company, sql: Sql, service: ProposalService, server: ModelServer
) -> None:
    proposal_id = str(uuid.uuid4())
    server.script(ScriptedReply("No."))
    with pytest.raises(Unavailable):
        ask(service, proposal_id=proposal_id)
    draft_id = service.propose_draft_by_rules(proposal_id, DESCRIPTION)
    (row,) = proposals(sql, company)
    assert (str(row["draft_id"]), row["model"], row["input_tokens"]) == (draft_id, "rules", 120)


def test_stopping_stores_what_was_used_and_makes_no_draft(
    company: Company, sql: Sql, service: ProposalService, server: ModelServer
) -> None:
    server.script(ScriptedReply("Thinking. " * 100, pieces=200, delay=0.02, usage=None))
    events = service.stream_draft_of_model(str(uuid.uuid4()), DESCRIPTION)
    for _ in range(5):
        next(events)
    events.close()
    (row,) = proposals(sql, company)
    assert (row["status"], row["input_tokens"]) == ("failed", None)
    assert row["estimated_tokens"] > 0
    assert drafts(sql, company) == []


def test_the_tokens_count_towards_the_day_and_end_it(
    company: Company, sql: Sql, completions: ModelSettings, server: ModelServer
) -> None:
    server.script(*[ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),), usage=(18_000, 900))] * 3)
    limited = completions.model_copy(update={"tokens_per_day": 20_000})
    service = proposing(company.csm, limited)
    ask(service)
    with pytest.raises(Unavailable, match=DAY_LIMIT.split(",", maxsplit=1)[0]):
        ask(service)
    assert len(drafts(sql, company)) == 1
    assert ask(proposing(company.other_csm, limited))
    used = {row["person_id"]: row["input_tokens"] for row in call_rpc(company.manager, "chat_usage", p_days=1)}
    assert used[str(company.other_csm.id)] == 18_000


def test_the_same_description_sent_several_times_at_once_is_one_draft(
    company: Company, sql: Sql, completions: ModelSettings, server: ModelServer
) -> None:
    server.script(*[ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),), first=0.2)] * 4)
    proposal_id = str(uuid.uuid4())
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(ask(proposing(company.csm, completions), proposal_id=proposal_id)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(drafts(sql, company)) == 1
    assert len(proposals(sql, company)) == 1


def test_rules_make_a_draft_with_the_texts_of_stock(company: Company, sql: Sql) -> None:
    service = proposing(company.csm, ModelSettings())
    assert service.model_name is None
    proposal_id = str(uuid.uuid4())
    draft_id = service.propose_draft_by_rules(proposal_id, DESCRIPTION)
    assert service.propose_draft_by_rules(proposal_id, DESCRIPTION) == draft_id
    draft: WorkflowDraft = WorkflowRepository(company.csm.client).fetch_draft(draft_id)
    assert {"assess-departure", "contract-terms", "summary"} <= set(draft.slide_sequence)
    assert "departed.name" in draft.slide_contexts["greeting"]["lead"]
    assert draft.chat_branches["greeting"]
    assert list_draft_problems(draft) == ()
    stored = service.fetch_proposal_of_draft(draft_id)
    assert stored is not None
    assert stored.is_by_rules
    assert any("Executive contact lost" in sentence for sentence in stored.note.done)
    assert fetch_value(sql, "select count(*) from public.workflow_drafts where company_id = %s", company.id) == 1


def test_a_draft_that_was_discarded_is_not_made_again(company: Company, sql: Sql) -> None:
    service = proposing(company.csm, ModelSettings())
    proposal_id = str(uuid.uuid4())
    draft_id = service.propose_draft_by_rules(proposal_id, DESCRIPTION)
    company.csm.client.table("workflow_drafts").delete().eq("id", draft_id).execute()
    with pytest.raises(Conflict, match="published or discarded"):
        service.propose_draft_by_rules(proposal_id, DESCRIPTION)
    assert service.fetch_proposal_of_draft(draft_id) is None


@pytest.mark.parametrize("description", ["", "  ", "\u200b", "x" * 2001])
def test_a_blank_or_long_description_is_refused(description: str, company: Company) -> None:
    with pytest.raises(InvalidInput, match="Say what the workflow is for"):
        proposing(company.csm, ModelSettings()).propose_draft_by_rules(str(uuid.uuid4()), description)


def test_a_colleagues_proposal_is_neither_taken_over_nor_read(company: Company, new_company: Any) -> None:
    proposal_id = str(uuid.uuid4())
    draft_id = proposing(company.csm, ModelSettings()).propose_draft_by_rules(proposal_id, DESCRIPTION)
    others = (company.other_csm, company.manager, new_company().admin)
    for member in others:
        with pytest.raises((Conflict, APIError)):
            proposing(member, ModelSettings()).propose_draft_by_rules(proposal_id, DESCRIPTION)
    colleague, manager, stranger = (proposing(member, ModelSettings()) for member in others)
    assert colleague.fetch_proposal_of_draft(draft_id) is None
    assert stranger.fetch_proposal_of_draft(draft_id) is None
    assert manager.fetch_proposal_of_draft(draft_id) is not None


def test_ids_of_workflows_are_readable() -> None:
    number = "0f3e5c1a-0000-4000-8000-000000000000"
    assert make_workflow_id("Champion left: what now?", number) == "champion-left-what-now-0f3e5c1a0000"
    assert make_workflow_id("株式会社", number) == "0f3e5c1a0000"
    assert len(make_workflow_id("very long words " * 20, number)) <= 100


def test_a_slow_model_yields_while_it_waits(service: ProposalService, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("propose_workflow", PROPOSAL),), first=0.4))
    started = time.monotonic()
    events = service.stream_draft_of_model(str(uuid.uuid4()), DESCRIPTION)
    next(events)
    assert time.monotonic() - started < 0.4
    events.close()
