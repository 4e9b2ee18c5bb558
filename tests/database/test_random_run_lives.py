"""Random people take random actions, two at a time, and no run ever stands in a way it should not.

ZEN_LIFE_EXAMPLES says how many lives are tried (20 unless said otherwise: some 20 seconds).
"""

import json
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.database.factories import (
    Sql,
    fetch_rows,
    fetch_value,
    insert_customer,
    publish_next_version,
    publish_workflow,
)
from tests.support.companies import Company

REFUSALS = {"PT400", "PT403", "PT404", "PT409", "PT428"}
"""Whatever two people do at once, nobody is answered with anything else: no deadlock, no broken constraint."""

SNOOZE = "(select id from public.saved_actions where kind = 'snooze' and company_id is null)"
CLICK = "public.run_saved_action({action}, jsonb_build_object('execution_id', %(run)s::uuid{slide}), {given}, %(key)s)"


def click(kind: str, given: str, slide: str = "") -> str:
    return CLICK.format(action=SNOOZE.replace("'snooze'", f"'{kind}'"), given=given, slide=slide)


ESCALATION = """(select id from public.workflow_escalations where execution_id = %(run)s
  order by created_at desc, id limit 1)"""
STEP = "select revision from public.workflow_step_executions where execution_id = %(run)s and slide_id = 'greeting'"
NOW = "select revision from public.workflow_executions where id = %(run)s"
NEWER = """(select n.id from public.workflow_executions e
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  join public.workflow_definition_versions n on n.definition_id = v.definition_id and n.version > v.version
  where e.id = %(run)s limit 1)"""
DONE = """(select id from public.saved_action_runs where execution_id = %(run)s
  order by created_at desc, id offset %(n)s limit 1)"""

ACTS = {
    "start": "public.start_workflow('living', %(customer)s)",
    "save": f"""public.save_step(%(run)s, 'greeting', jsonb_build_object('n', %(fresh)s::text),
      coalesce(({STEP}), 0), case %(n)s when 0 then 'done' else 'draft' end)""",
    "complete": f"public.complete_workflow(%(run)s, ({NOW}), 'renewed', 1)",
    "snooze": click(
        "snooze",
        """jsonb_build_object('until', current_date + 5 + %(n)s::int, 'reason', 'Later.', 'move_due', %(n)s = 1,
        'beyond_deadline', %(n)s > 0)""",
    ),
    "skip": click("skip", """'{"reason": "duplicate"}'"""),
    "skip a slide": click("skip", """'{"reason": "no_data"}'""", ", 'slide_id', 'greeting'"),
    "take up": "public.unskip_slide(%(run)s, 'greeting')",
    "escalate": click(
        "escalate", """jsonb_build_object('to', %(other)s::text, 'severity', 'high', 'ask', 'May we?')"""
    ),
    "acknowledge": f"public.acknowledge_escalation({ESCALATION})",
    "comment": f"public.comment_escalation({ESCALATION}, 'Soon.')",
    "hand back": f"public.hand_back_escalation({ESCALATION}, 'Yes.', %(key)s)",
    "wake": "public.wake_execution(%(run)s)",
    "wake all": "to_jsonb(public.wake_due_executions(%(n)s::int + 1))",
    "reopen": "public.reopen_execution(%(run)s, 'Again.')",
    "reassign": "public.reassign_execution(%(run)s, %(other)s, %(key)s)",
    "abandon": "public.abandon_execution(%(run)s, %(key)s)",
    "move": f"public.move_to_version(%(run)s, {NEWER}, ({NOW}), %(key)s)",
    "stay": "public.stay_on_version(%(run)s, 2)",
    "undo": f"public.undo_action({DONE})",
}
QUIET = {"acknowledge", "comment", "start", "wake all"}
"""What leaves the revision, or does not say which it came to."""

MAY_DO_NOTHING = {"reassign", "stay", "save"}
TELLS_NO_CHANGE = {"started", "acknowledged", "commented", "acted"}


@dataclass
class World:
    """People, two connections, and what the database is asked to look."""

    sql: Sql
    company: Company
    people: dict[str, uuid.UUID]
    lines: list[psycopg.Connection[Any]]
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    def attempt(self, line: int, who: str, act: str, values: dict[str, Any]) -> Any:
        """What the function answered, or the code it was refused with."""
        connection = self.lines[line]
        try:
            with connection.transaction():
                claims = json.dumps({"sub": str(self.people[who])})
                ask = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)"
                connection.execute(ask, [claims])
                row = connection.execute(f"select {ACTS[act]}", values).fetchone()
                return row[0] if row else None
        except psycopg.Error as error:
            return error.sqlstate


@pytest.fixture
def world(stack: Any, sql: Sql, books: Company, strangers: Company) -> Iterator[World]:
    definition = publish_workflow(sql, books.id, "living") if not fetch_value(sql, LIVING, books.id) else None
    if definition:
        publish_next_version(sql, definition)
    people = {name: getattr(books, name).id for name in ("csm", "other_csm", "manager", "admin")}
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(psycopg.connect(stack.database_url, autocommit=True)) for _ in range(2)]
        yield World(sql, books, people | {"stranger": strangers.csm.id}, lines)


LIVING = "select 1 from public.workflow_definitions where workflow_id = 'living' and company_id = %s"
OLDER = """
    insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id, definition_version_id,
      current_slide, due_on)
    select d.company_id, %s, %s, 'living', v.id, v.slide_sequence[1], current_date + 8
    from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
    where d.workflow_id = 'living' and d.company_id = %s and v.version = 1"""
MOVES = st.fixed_dictionaries({
    "who": st.sampled_from(["csm", "csm", "csm", "other_csm", "manager", "admin", "stranger"]),
    "act": st.sampled_from(sorted(ACTS)),
    "customer": st.integers(0, 1),
    "older": st.booleans(),
    "other": st.sampled_from(["csm", "other_csm", "manager", "stranger"]),
    "key": st.integers(0, 8),
    "n": st.integers(0, 2),
})  # fmt: skip


class Life(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.customers, self.keys = world, [], [str(uuid.uuid4()) for _ in range(9)]
        self.revisions: dict[uuid.UUID, int] = {}

    @initialize()
    def begin(self) -> None:
        """Two customers of the CSM's with a contract, each with a run on the older of two versions."""
        sql, company, csm = self.world.sql, self.world.company, self.world.people["csm"]
        for _ in range(2):
            customer = insert_customer(sql, company.id, csm)
            terms = """
                insert into public.contracts (company_id, customer_id, starts_on, ends_on, term_months, notice_days,
                  auto_renews, seats, annual_price_per_seat)
                values (%s, %s, current_date - 100, current_date + 68, 12, 60, true, 10, 100)"""
            sql.execute(terms, [company.id, customer])
            sql.execute(OLDER, [customer, csm, company.id])
            self.customers.append(customer)

    @rule(first=MOVES, second=MOVES)
    def two_at_once(self, first: dict[str, Any], second: dict[str, Any]) -> None:
        before = {row["id"]: row for row in self.runs()}
        moves = [self.values(move) for move in (first, second)]
        woke = Counter(self.woken())
        answers = list(
            self.world.threads.map(
                lambda job: self.world.attempt(job[0], job[1]["who"], job[1]["act"], job[1]),
                enumerate(moves),
            )
        )
        for move, answer in zip(moves, answers, strict=True):
            assert not isinstance(answer, str) or answer in REFUSALS, (move, answer)
            assert move["who"] != "stranger" or isinstance(answer, str) or move["act"] == "wake all", (move, answer)
        self.count(before, moves, answers, Counter(self.woken()) - woke)

    @rule()
    def the_day_comes(self) -> None:
        past = "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = any(%s)"
        self.world.sql.execute(past, [[row["id"] for row in self.runs()]])

    def values(self, move: dict[str, Any]) -> dict[str, Any]:
        customer = self.customers[move["customer"]]
        runs = [row["id"] for row in self.runs() if row["customer_id"] == customer]
        run = runs[-2] if move["older"] and len(runs) > 1 else runs[-1]
        keyed = {"key": self.keys[move["key"]], "fresh": str(uuid.uuid4()), "run": run, "customer": customer}
        return move | keyed | {"other": self.world.people[move["other"]]}

    def runs(self) -> list[dict[str, Any]]:
        of = "select * from public.workflow_executions where customer_id = any(%s) order by created_at, id"
        return fetch_rows(self.world.sql, of, self.customers)

    def woken(self) -> list[uuid.UUID]:
        woke = """
            select t.execution_id from public.workflow_execution_events t
            join public.workflow_executions e on e.id = t.execution_id
            where e.customer_id = any(%s) and t.kind = 'woke'"""
        return [row["execution_id"] for row in fetch_rows(self.world.sql, woke, self.customers)]

    def count(self, before: Any, moves: Any, answers: Any, woke: Counter[uuid.UUID]) -> None:
        """The revision of each run has grown by exactly the changes that were accepted."""
        for run in self.runs():
            stood = before[run["id"]]["revision"] if run["id"] in before else 1
            came: list[int] = []
            by_hand = 0
            # What may do nothing comes last: the other of the two may have been first, and its revision is answered.
            for move, answer in sorted(
                zip(moves, answers, strict=True), key=lambda each: each[0]["act"] in MAY_DO_NOTHING
            ):
                if move["run"] != run["id"] or isinstance(answer, str) or move["act"] in QUIET:
                    continue
                revision = answer.get("revision", answer.get("execution_revision"))
                by_hand += move["act"] == "wake"
                if not answer.get("repeated") and not (move["act"] in MAY_DO_NOTHING and revision in (stood, *came)):
                    came.append(revision)
            by_schedule = woke[run["id"]] - by_hand
            assert len(set(came)) == len(came), (came, moves)
            assert run["revision"] == stood + len(came) + by_schedule, (run, stood, came, moves, answers)

    @invariant()
    def what_is_put_away_or_escalated_is_so_once(self) -> None:
        for table, status in (("workflow_snoozes", "snoozed"), ("workflow_escalations", "escalated")):
            wrong = f"""
                select e.id, e.status from public.workflow_executions e where e.customer_id = any(%s)
                  and (select count(*) from public.{table} x where x.execution_id = e.id and x.ended_at is null)
                      <> case when e.status = '{status}' then 1 else 0 end"""
            assert fetch_rows(self.world.sql, wrong, self.customers) == []

    @invariant()
    def one_run_at_most_is_open_and_what_ended_says_when(self) -> None:
        runs = self.runs()
        ended = {"completed", "skipped", "abandoned"}
        assert [run for run in runs if (run["status"] in ended) != (run["ended_at"] is not None)] == []
        assert max(Counter(run["customer_id"] for run in runs if not run["ended_at"]).values(), default=0) <= 1

    @invariant()
    def each_change_is_told_once_and_the_story_leads_to_how_it_stands(self) -> None:
        for run in self.runs():
            of = "select * from public.workflow_execution_events where execution_id = %s order by id"
            story = fetch_rows(self.world.sql, of, run["id"])
            assert len([each for each in story if each["kind"] not in TELLS_NO_CHANGE]) == run["revision"] - 1
            stands: dict[str, Any] = {}
            for each in story:
                stands |= each["payload"] if each["kind"] == "started" else each["payload"].get("set", {})
            plain = {name: str(run[name]) if run[name] else None for name in stands}
            assert stands == plain
            assert set(stands) == {"status", "owner_id", "assigned_to", "definition_version_id", "due_on"}

    @invariant()
    def nobody_of_another_company_is_in_it(self) -> None:
        of = """select count(*) from public.workflow_execution_events t join public.workflow_executions e
            on e.id = t.execution_id where e.customer_id = any(%s) and t.actor_id = %s"""
        assert fetch_value(self.world.sql, of, self.customers, self.world.people["stranger"]) == 0


def test_whatever_people_do_two_at_a_time_a_run_stands_as_its_story_says(world):
    lives = settings(
        max_examples=int(os.environ.get("ZEN_LIFE_EXAMPLES", "20")),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Life(world), settings=lives)
