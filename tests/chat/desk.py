"""Somebody's chat beside a slide, in the fewest words."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from lib.accounts.repository import AccountRepository
from lib.auth.model import Person
from lib.chat import tree
from lib.chat.actions import ActionRunner
from lib.chat.events import ChatEvent, Ended
from lib.chat.explorer import Explorer
from lib.chat.model import Branch, BranchType, Message, Panel, Question
from lib.chat.repository import ChatRepository
from lib.chat.scene import Scene
from lib.chat.service import ChatService
from lib.executions.repository import ExecutionRepository
from lib.executions.service import ExecutionService
from lib.llm.factory import model_for
from lib.llm.model import Patience
from lib.settings import ModelSettings
from tests.database.calls import call
from tests.database.rows import Account, Sql, add, one, publish
from tests.support.companies import Company, Member

HASTY = Patience(connect=2, silence=10, beat=0.02, backoff=0.01, longest_wait=1)
SLIDE = "review-account"
SLIDES = ["greeting", SLIDE, "contract-terms", "pricing-strategy", "summary"]


@dataclass
class Desk:
    """`panel` grows with what is asked, as a page's does."""

    service: ChatService
    scene: Scene
    member: Member
    sql: Sql
    panel: Panel = field(default_factory=lambda: Panel(thread=None))

    def ask(self, text: str, **more: Any) -> Ended:
        """Ask and wait."""
        events = self.events(Question(text=text, parent_id=tree.last_id(self.panel.messages), **more))
        ended = events[-1]
        assert isinstance(ended, Ended)
        return ended

    def events(self, question: Question) -> list[ChatEvent]:
        with closing(self.service.stream_chat(self.scene, self.panel, question)) as stream:
            events = list(stream)
        if isinstance(events[-1], Ended):
            self.panel = events[-1].panel
        return events

    def stored(self) -> Panel:
        """The conversation as the database has it."""
        return self.service.panel(self.scene, self.panel.thread.id if self.panel.thread else None)

    def steps(self) -> list[list[Message]]:
        return [list(step.entry.rows) for step in tree.path(self.stored().messages)]

    def text(self) -> str:
        """All the words of the last answer, as stored."""
        return "\n".join(getattr(row.block, "text", "") for row in self.steps()[-1])

    def whole(self) -> None:
        """Every question stored once, every answer stored once and under one question."""
        told = tree.entries(self.stored().messages)
        questions = [entry for entry in told if entry.is_question]
        assert len({entry.id for entry in told}) == len(told)
        for entry in told:
            assert [row.position for row in entry.rows] == list(range(len(entry.rows)))
            assert entry.is_question or entry.parent_id in {other.id for other in told}
        assert all(any(other.parent_id == entry.id for other in told) for entry in questions)


def open_desk(
    company: Company,
    settings: ModelSettings,
    *,
    member: Member | None = None,
    slide: str = SLIDE,
    customer: Mapping[str, Any] | None = None,
    arrange: Any = None,
    runner: ActionRunner | None = None,
    patience: Patience = HASTY,
    run: str | None = None,
) -> Desk:
    who = member or company.csm
    run = run or start_run(company, who, customer=customer, arrange=arrange)
    service = service_for(who, settings, runner=runner, patience=patience)
    scene = service.scene(run, slide)
    return Desk(service=service, scene=scene, member=who, sql=company.sql, panel=service.panel(scene))


def service_for(
    who: Member, settings: ModelSettings, *, runner: ActionRunner | None = None, patience: Patience = HASTY
) -> ChatService:
    return ChatService(
        ChatRepository(who.client),
        person_of(who),
        accounts=AccountRepository(who.client),
        executions=ExecutionService(ExecutionRepository(who.client)),
        explored=Explorer(who.client),
        settings=settings,
        models=lambda chosen: model_for(chosen, patience),
        runner=runner,
    )


@cache
def person_of(who: Member) -> Person:
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
    if not one(sql, "select 1 from workflow_definitions where workflow_id = 'renewal' and company_id = %s", company.id):
        publish(sql, company.id, "renewal", slides=SLIDES)
    with sql.transaction():
        account = Account(sql, company.id, company.csm.id, day=one(sql, "select current_date"), **(customer or {}))
        _furnish(account)
        if arrange:
            arrange(account)
    started = call(who, "start_workflow", p_workflow_id="renewal", p_customer_id=str(account.id))
    return str(started["execution_id"])


def _furnish(account: Account) -> None:
    account.contract(notice_in=50, uplift_cap_percent=5)
    account.sql.execute(
        "insert into public.usage_weeks"
        " (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)"
        " select %s, %s, date_trunc('week', %s::date)::date - 7 * week, 60 - week, 100, 0, 0"
        " from generate_series(0, 25) week",
        [account.company_id, account.id, account.day],
    )
    account.ticket("p1", opened=3)
    account.contact("champion", name="Ines Ortega", influence=4)
    account.add(
        "notes",
        author_id=account.owner_id,
        kind="call",
        body="Ines wants the audit log before March. The board froze all travel.",
        happened_on=account.before(9),
    )


def add_branch(desk: Desk, kind: BranchType, *, slide: str = SLIDE, **values: Any) -> Branch:
    """A published branch of the run's workflow, offered from now on."""
    definition = desk.scene.execution.version.definition_id
    key = values.pop("branch_key", f"{kind}-{len(desk.panel.branches)}")
    words = {"label": "How do they stand?", "status": "published", **values}
    company = str(desk.scene.person.company_id)
    branch = add(
        desk.sql,
        "workflow_chat_branches",
        definition_id=definition,
        company_id=company,
        slide_id=slide,
        branch_key=key,
        branch_type=kind.value,
        **words,
    )
    desk.panel = replace(desk.panel, branches=desk.service.panel(desk.scene).branches)
    found = desk.panel.branch(str(branch))
    assert found
    return found
