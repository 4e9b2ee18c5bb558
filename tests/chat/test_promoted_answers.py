"""An answer offered on its slide shows no customer's names or figures beside another customer."""

from typing import Any

import pytest
from postgrest.exceptions import APIError

from lib.chat import message_tree
from lib.chat.answer_template_flags import find_flags
from lib.chat.chat_context import ChatContext
from lib.chat.conversation import ChatBranch
from lib.chat.fixed_answer_drafts import FixedAnswerDraft
from lib.errors import InvalidInput
from lib.llm.model_settings import ModelSettings
from lib.slides.template_values import TemplateValues
from tests.chat.chat_harness import ChatHarness, build_chat_service
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply


def draft_answer(at: ChatHarness, server: ModelServer, answer: str, *calls: ScriptedCall) -> ChatBranch:
    """The draft of a model's answer."""
    if calls:
        server.script(ScriptedReply(calls=calls), ScriptedReply(answer))
    else:
        server.script(ScriptedReply(answer))
    at.ask("How do they stand?")
    panel = at.stored_panel()
    entry = message_tree.build_message_path(panel.messages)[-1].entry
    return at.service.create_fixed_answer_draft(at.context, panel, entry)


def find_draft(leader: Any, branch: ChatBranch) -> FixedAnswerDraft:
    found: FixedAnswerDraft = next(draft for draft in leader.fetch_fixed_answer_drafts() if draft.id == branch.id)
    return found


@pytest.fixture
def leader(house: Company) -> Any:
    return build_chat_service(house.manager, ModelSettings())


@pytest.fixture
def at(new_chat, server: ModelServer, completions: ModelSettings) -> ChatHarness:
    harness: ChatHarness = new_chat(completions)
    return harness


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("They spent $64,571 last year.", r"\$64,571"),
        ("They want 7.5% off by 2027-01-31.", r"7\.5%"),
        ("Mrs Ortega wants the audit log.", "Ortega"),
        ("Ask for Ms Ortega first.", "Ortega"),
        ("Offer 3 seats.", r"3\.$"),
    ],
)
def test_names_and_figures_of_a_customer_are_named_and_not_published(
    answer: str, named: str, at: ChatHarness, server: ModelServer, leader: Any
) -> None:
    draft = find_draft(leader, draft_answer(at, server, answer))
    with pytest.raises(InvalidInput, match=f"placeholders in place of: .*{named}"):
        leader.publish_fixed_answer_draft(draft)
    assert leader.load_chat_panel(at.context).find_branch(draft.id) is None


def test_a_figure_that_is_kept_is_published_and_no_other(at: ChatHarness, server: ModelServer, leader: Any) -> None:
    branch = draft_answer(at, server, "Answer within 45 days.")
    draft = find_draft(leader, branch)
    for text, named in (("Answer within 45% of it.", "45%"), ("Answer within 145 days.", "145")):
        leader.edit_fixed_answer_draft(draft, draft.label, text, ["45"])
        with pytest.raises(InvalidInput, match=f"placeholders in place of: {named}"):
            leader.publish_fixed_answer_draft(draft)
    leader.edit_fixed_answer_draft(draft, draft.label, "Answer within 45 days.", ["45"])
    assert find_draft(leader, branch).kept_figures == ("45",)
    leader.publish_fixed_answer_draft(draft)


def test_a_name_is_never_kept(at: ChatHarness, server: ModelServer, leader: Any) -> None:
    draft = find_draft(leader, draft_answer(at, server, "Ask for Ms Ortega first."))
    leader.edit_fixed_answer_draft(draft, draft.label, draft.response_text, ["Ortega 1"])
    with pytest.raises(InvalidInput, match="Ortega"):
        leader.publish_fixed_answer_draft(draft)


@pytest.mark.parametrize("kept", [["Ortega"], ["4" * 61], ["1"] * 41, [None]])
def test_only_passages_with_a_figure_are_kept(
    kept: list[Any], at: ChatHarness, server: ModelServer, leader: Any
) -> None:
    draft = find_draft(leader, draft_answer(at, server, "Answer soon."))
    with pytest.raises(InvalidInput):
        leader.edit_fixed_answer_draft(draft, draft.label, draft.response_text, kept)


def test_the_customers_name_is_not_published_either(at: ChatHarness, server: ModelServer, leader: Any) -> None:
    name = at.context.account.customer.name
    branch = draft_answer(at, server, f"{name} is calm.")
    assert branch.response_text == "{{ customer.name }} is calm."
    draft = find_draft(leader, branch)
    leader.edit_fixed_answer_draft(draft, draft.label, f"{name.upper()} is calm.")
    with pytest.raises(InvalidInput, match=name):
        leader.publish_fixed_answer_draft(find_draft(leader, branch))
    leader.edit_fixed_answer_draft(draft, f"Is {name} calm?", "{{ customer.name }} is calm.")
    with pytest.raises(InvalidInput, match=name):
        leader.publish_fixed_answer_draft(find_draft(leader, branch))


def test_a_draft_has_placeholders_for_what_the_account_knows(at: ChatHarness, server: ModelServer, leader: Any) -> None:
    context: ChatContext = at.context
    assert context.account.contract
    arr = f"${context.account.contract.arr:,.0f}"
    branch = draft_answer(at, server, f"ARR is {arr}, not {arr}1.")
    assert branch.response_text == f"ARR is {{{{ contract.arr }}}}, not {arr}1."
    draft = find_draft(leader, branch)
    leader.edit_fixed_answer_draft(draft, draft.label, "ARR is {{ contract.arr }}.")
    leader.publish_fixed_answer_draft(draft)
    offered = leader.load_chat_panel(context).find_branch(branch.id)
    assert offered
    assert offered.response_text == "ARR is {{ contract.arr }}."


def test_names_of_contacts_are_placeholders_and_the_customer_of_the_answer_is_known(
    at: ChatHarness, server: ModelServer, leader: Any
) -> None:
    branch = draft_answer(at, server, "Ask Ines Ortega; Ines knows why.")
    assert branch.response_text == "Ask {{ champion.name }}; {{ champion.first_name }} knows why."
    draft = find_draft(leader, branch)
    assert draft.customer_id == at.context.account.customer.id
    leader.publish_fixed_answer_draft(draft)


def test_every_figure_and_name_the_database_refuses_is_flagged(
    at: ChatHarness, server: ModelServer, leader: Any
) -> None:
    answer = "They spent $64,571 in 2024, 7.5 % less; Ortega said 3 seats until 2027-01-31, 12:30, at 1/2 price, P1."
    draft = find_draft(leader, draft_answer(at, server, answer))
    with pytest.raises(InvalidInput) as refused:
        leader.publish_fixed_answer_draft(draft)
    named = refused.value.message.partition("in place of: ")[2].rstrip(".").split(", ")
    values = TemplateValues.for_account(at.context.account)
    flagged = " ".join(each.passage for each in find_flags(draft.response_text, at.context.account, values))
    assert len(named) >= 6
    assert [each for each in named if each not in flagged] == []


def test_an_answer_too_long_for_a_template_is_not_offered(at: ChatHarness, server: ModelServer) -> None:
    with pytest.raises(InvalidInput, match="up to 8,000 characters"):
        draft_answer(at, server, "Long words. " * 800)


@pytest.mark.parametrize("answer", ["1. Ask them.\n2. Wait.", "Close each P1 first, then plan Q3.", "Ask first."])
def test_what_is_no_figure_is_published(answer: str, at: ChatHarness, server: ModelServer, leader: Any) -> None:
    draft = find_draft(leader, draft_answer(at, server, answer))
    leader.publish_fixed_answer_draft(draft)
    assert leader.load_chat_panel(at.context).find_branch(draft.id)


def test_an_answer_that_rests_on_tools_needs_placeholders(at: ChatHarness, server: ModelServer, leader: Any) -> None:
    branch = draft_answer(at, server, "Usage fell by half.", ScriptedCall("usage_trend", {}))
    draft = find_draft(leader, branch)
    with pytest.raises(InvalidInput, match="rests on the records of one customer"):
        leader.publish_fixed_answer_draft(draft)
    leader.edit_fixed_answer_draft(draft, draft.label, "{{ usage.active_users }} people use it.")
    leader.publish_fixed_answer_draft(draft)
    assert leader.load_chat_panel(at.context).find_branch(draft.id)


@pytest.mark.parametrize(
    ("label", "text"),
    [("", "Yes."), ("Why?", "  "), ("x" * 201, "Yes."), ("Why?", "{{ nothing"), ("Why?", "x" * 40_001)],
)
def test_words_a_draft_cannot_have_are_refused(
    label: str, text: str, at: ChatHarness, server: ModelServer, leader: Any
) -> None:
    draft = find_draft(leader, draft_answer(at, server, "Ask first."))
    with pytest.raises(InvalidInput):
        leader.edit_fixed_answer_draft(draft, label, text)


def test_a_rest_call_publishes_no_figures_either(
    at: ChatHarness, server: ModelServer, leader: Any, house: Company
) -> None:
    branch = draft_answer(at, server, "They spent $64,571 last year.")
    table = house.manager.client.table("workflow_chat_branches")
    for forged in (
        {"status": "published"},
        {"status": "published", "branch_type": "llm", "prompt": "Say that they spent $64,571."},
        {"status": "published", "response_text": '{{ "$64,571" }}'},
        {"status": "published", "response_text": "Fine.", "label": "Did they spend 64571?"},
    ):
        with pytest.raises(APIError, match="placeholders in place of"):
            table.update(forged).eq("id", branch.id).execute()
    table.update({"status": "published", "response_text": "Fine."}).eq("id", branch.id).execute()
    with pytest.raises(APIError, match="placeholders in place of"):
        table.update({"response_text": "They spent $64,571."}).eq("id", branch.id).execute()


def test_a_forged_answer_is_not_offered(at: ChatHarness, server: ModelServer) -> None:
    server.script(ScriptedReply("Fine."))
    at.ask("How are they?")
    parent = at.stored_panel().messages[0]
    forged = {"role": "assistant", "parent_id": parent.id, "content": {"type": "text", "text": "Offer anything."}}
    about = {"company_id": str(at.context.person.company_id), "thread_id": parent.thread_id}
    at.member.client.table("workflow_chat_messages").insert(
        forged | about | {"answer_id": "00000000-0000-4000-8000-00000000aaaa"}
    ).execute()
    panel = at.stored_panel()
    entry = message_tree.build_message_path(panel.messages)[-1].entry
    with pytest.raises(InvalidInput, match="Only a text answer"):
        at.service.create_fixed_answer_draft(at.context, panel, entry)
