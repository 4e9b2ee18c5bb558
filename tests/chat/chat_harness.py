"""Somebody's chat beside a slide, in the fewest words."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from lib.auth.model import Person
from lib.chat import message_tree
from lib.chat.chat_context import ChatContext
from lib.chat.chat_search import ChatSearchRepository
from lib.chat.conversation import BranchType, ChatBranch, ChatMessage, ChatPanel, Question
from lib.chat.repository import ChatRepository
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.service import ChatService
from lib.chat.tool_call_decisions import format_decision
from lib.chat.tool_call_record import ToolCallRecord
from lib.chat.turn_events import ChatEvent, TurnFinished
from lib.customers.account_repository import AccountRepository
from lib.executions.repository import ExecutionRepository
from lib.executions.service import ExecutionService
from lib.llm.language_model import Timeouts
from lib.llm.language_model_factory import create_language_model
from lib.llm.model_settings import ModelSettings
from lib.llm.text_embedder import TextEmbedder
from tests.database.chat_calls import get_row_signer
from tests.database.factories import AccountFactory, Sql, fetch_value, insert_row, publish_workflow
from tests.database.rpc import call_rpc
from tests.support.companies import Company, Member

SHORT_TIMEOUTS = Timeouts(connect=2, silence=10, heartbeat=0.02, backoff=0.01, max_retry_after=1)
SLIDE = "review-account"
SLIDES = ["greeting", SLIDE, "contract-terms", "pricing-strategy", "summary"]


@dataclass
class ChatHarness:
    """`panel` grows with what is asked, as a page's does."""

    service: ChatService
    context: ChatContext
    member: Member
    sql: Sql
    panel: ChatPanel = field(default_factory=lambda: ChatPanel(thread=None))

    def ask(self, text: str, **more: Any) -> TurnFinished:
        """Ask and wait."""
        events = self.collect_events(
            Question(text=text, parent_id=message_tree.find_last_message_id(self.panel.messages), **more)
        )
        ended = events[-1]
        assert isinstance(ended, TurnFinished)
        return ended

    def collect_events(self, question: Question) -> list[ChatEvent]:
        with closing(self.service.stream_chat(self.context, self.panel, question)) as stream:
            events = list(stream)
        if isinstance(events[-1], TurnFinished):
            self.panel = events[-1].panel
        return events

    def stored_panel(self) -> ChatPanel:
        """The conversation as the database has it."""
        return self.service.load_chat_panel(self.context, self.panel.thread.id if self.panel.thread else None)

    def stored_steps(self) -> list[list[ChatMessage]]:
        return [list(step.entry.rows) for step in message_tree.build_message_path(self.stored_panel().messages)]

    def last_answer_text(self) -> str:
        """All the words of the last answer, as stored."""
        return "\n".join(row.text for row in self.stored_steps()[-1])

    def last_decision(self) -> str:
        """The sentence of the call decided last, as stored."""
        decided = [call for call in self.stored_panel().tool_calls if call.decided_at is not None]
        return format_decision(max(decided, key=lambda call: call.decided_at or call.created_at))

    def assert_consistent(self) -> None:
        """Every question stored once, every answer stored once and under one question."""
        told = message_tree.group_messages_into_entries(self.stored_panel().messages)
        questions = [entry for entry in told if entry.is_person_message]
        assert len({entry.id for entry in told}) == len(told)
        for entry in told:
            assert [row.position for row in entry.rows] == list(range(len(entry.rows)))
            assert entry.is_person_message or entry.parent_id in {other.id for other in told}
        assert all(any(other.parent_id == entry.id for other in told) for entry in questions)


def open_chat(
    company: Company,
    settings: ModelSettings,
    *,
    member: Member | None = None,
    slide: str = SLIDE,
    customer: Mapping[str, Any] | None = None,
    arrange: Any = None,
    runner: SavedActionRunner | None = None,
    patience: Timeouts = SHORT_TIMEOUTS,
    run: str | None = None,
) -> ChatHarness:
    who = member or company.csm
    run = run or start_run(company, who, customer=customer, arrange=arrange)
    service = build_chat_service(who, settings, runner=runner, patience=patience)
    context = service.load_chat_context(run, slide)
    return ChatHarness(
        service=service, context=context, member=who, sql=company.sql, panel=service.load_chat_panel(context)
    )


def build_chat_service(
    who: Member,
    settings: ModelSettings,
    *,
    runner: SavedActionRunner | None = None,
    patience: Timeouts = SHORT_TIMEOUTS,
    embedder: TextEmbedder | None = None,
) -> ChatService:
    signer = get_row_signer()
    return ChatService(
        ChatRepository(who.client, signer),
        get_person(who),
        accounts=AccountRepository(who.client),
        executions=ExecutionService(ExecutionRepository(who.client)),
        search=ChatSearchRepository(who.client, signer),
        settings=settings,
        models=lambda chosen: create_language_model(chosen, patience),
        runner=runner,
        embedder=embedder,
    )


@cache
def get_person(who: Member) -> Person:
    row = who.client.table("profiles").select("company_id").eq("id", str(who.id)).execute().data[0]
    return Person(
        id=who.id,
        full_name=who.full_name,
        email=who.email,
        role=who.role,
        time_zone="UTC",
        company_id=row["company_id"],
        company_name="Northwind Analytics",
    )


def start_run(company: Company, who: Member, *, customer: Mapping[str, Any] | None = None, arrange: Any = None) -> str:
    """A run for a customer with something of everything, two years old, notice in fifty days."""
    sql = company.sql
    if not fetch_value(
        sql, "select 1 from workflow_definitions where workflow_id = 'renewal' and company_id = %s", company.id
    ):
        publish_workflow(sql, company.id, "renewal", slides=SLIDES)
    with sql.transaction():
        account = AccountFactory(
            sql, company.id, company.csm.id, day=fetch_value(sql, "select current_date"), **(customer or {})
        )
        _add_account_records(account)
        if arrange:
            arrange(account)
    started = call_rpc(who, "start_workflow", p_workflow_id="renewal", p_customer_id=str(account.id))
    return str(started["execution_id"])


def _add_account_records(account: AccountFactory) -> None:
    account.insert_contract(notice_in=50, uplift_cap_percent=5)
    account.sql.execute(
        "insert into public.usage_weeks"
        " (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)"
        " select %s, %s, date_trunc('week', %s::date)::date - 7 * week, 60 - week, 100, 0, 0"
        " from generate_series(0, 25) week",
        [account.company_id, account.id, account.day],
    )
    account.insert_ticket("p1", opened=3)
    account.insert_contact("champion", name="Ines Ortega", influence=4)
    account.insert_row(
        "notes",
        author_id=account.owner_id,
        kind="call",
        body="Ines wants the audit log before March. The board froze all travel.",
        happened_on=account.days_before(9),
    )


def add_branch(harness: ChatHarness, kind: BranchType, *, slide: str = SLIDE, **values: Any) -> ChatBranch:
    """A published branch of the run's workflow, offered from now on."""
    definition = harness.context.execution.version.definition_id
    key = values.pop("branch_key", f"{kind}-{len(harness.panel.branches)}")
    words = {"label": "How do they stand?", "status": "published", **values}
    company = str(harness.context.person.company_id)
    branch = insert_row(
        harness.sql,
        "workflow_chat_branches",
        definition_id=definition,
        company_id=company,
        slide_id=slide,
        branch_key=key,
        branch_type=kind.value,
        **words,
    )
    harness.panel = replace(harness.panel, branches=harness.service.load_chat_panel(harness.context).branches)
    found = harness.panel.find_branch(str(branch))
    assert found
    return found


def waiting_calls(panel: ChatPanel) -> tuple[ToolCallRecord, ...]:
    return tuple(call for call in panel.tool_calls if call.is_waiting_for_approval)
