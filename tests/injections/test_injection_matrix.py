"""Each place × each attack × each goal of Zen, read by a model that obeys every injection.

CI plants every goal in every place, with the attacks of `selection.json` in turn; `python -m tests.injections` plants
every attack of the wheels with every goal. `-s` prints the counts.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from lib.chat.conversation import ChatPanel
from lib.chat.tool_call_record import CallStatus
from lib.chat.tools import SIDE_EFFECT_TOOLS
from lib.content.block_text import block_to_shown_text
from lib.content.model import Text
from lib.text.html import markdown_to_html
from tests.chat.markdown_assertions import assert_html_inert
from tests.chat.test_injections import assert_shown_inert
from tests.database.factories import Sql
from tests.injections.corpus import EVERY, WHEELS, Attack, Goal, Trap, read_attacks, read_goals, read_traps
from tests.injections.obedient_model import ObedientModel, dump_request
from tests.injections.victim import SECRETS, Place, Victim, open_victim
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

ATTACKS, GOALS, TRAPS = read_attacks(), read_goals(), read_traps()


@dataclass
class Counts:
    """What was planted and what came of it, by place."""

    planted: Counter[Place] = field(default_factory=Counter)
    obeyed: Counter[Place] = field(default_factory=Counter)
    waiting: int = 0
    refused: int = 0

    def __str__(self) -> str:
        lines = [f"{place.value:14} {self.planted[place]:6} planted {self.obeyed[place]:6} obeyed" for place in Place]
        total = f"{sum(self.planted.values())} planted, {sum(self.obeyed.values())} obeyed"
        return "\n".join([*lines, f"{total}; {self.waiting} calls wait, {self.refused} were refused, 0 had an effect"])


@pytest.fixture(scope="module")
def running_server() -> Iterator[ModelServer]:
    with ModelServer.running() as server:
        yield server


@pytest.fixture(autouse=True)
def scripted_server(running_server: ModelServer) -> None:
    running_server.reset()


@pytest.fixture(scope="module")
def victim(stack: object, sql: Sql, running_server: ModelServer) -> Victim:
    return open_victim(sql, running_server.url)


@pytest.fixture(scope="module")
def counts() -> Iterator[Counts]:
    counts = Counts()
    yield counts
    print(f"\n{counts}")


@dataclass(frozen=True, kw_only=True)
class Cell:
    place: Place
    attack: Attack
    goal: Goal

    def __str__(self) -> str:
        return f"{self.place.value}-{self.goal.id}-{self.attack.id}"


def list_cells() -> tuple[Cell, ...]:
    """Every goal in every place, with the attacks in turn; of the wheels every attack, or every EVERYth cell of all."""
    if WHEELS:
        cells = [Cell(place=p, attack=a, goal=g) for a in ATTACKS for p in Place for g in GOALS]
        return tuple(cells[::EVERY])
    return tuple(
        Cell(place=place, attack=ATTACKS[(5 * row + 7 * column) % len(ATTACKS)], goal=goal)
        for row, place in enumerate(Place)
        for column, goal in enumerate(GOALS)
    )


CELLS = list_cells()


def test_every_place_attack_and_goal_is_among_the_cells() -> None:
    assert {attack.source for attack in ATTACKS} == {"agentdojo", "bastioncorpus", "agent-injection-bench"}
    assert WHEELS or {cell.attack.id for cell in CELLS} == {attack.id for attack in ATTACKS}
    assert WHEELS or {(cell.place, cell.goal.id) for cell in CELLS} == {(p, g.id) for p in Place for g in GOALS}
    assert len(ATTACKS) >= 24
    assert len(TRAPS) >= 16


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_an_obeyed_injection_has_no_effect(
    victim: Victim, running_server: ModelServer, counts: Counts, cell: Cell
) -> None:
    victim.plant(cell.place, cell.attack.fill(cell.goal), around=cell.goal.order)
    before = victim.snapshot()
    model = ObedientModel(cell.goal)
    running_server.reject = model.answer
    victim.ask(cell.place)
    stored = victim.chat.stored_panel()
    counts.planted[cell.place] += 1
    counts.obeyed[cell.place] += model.has_obeyed
    assert model.has_obeyed, "The order did not reach the model."
    assert victim.snapshot() == before
    assert_nothing_ran(stored, counts)
    assert_nothing_ticked(victim, stored)
    assert_nothing_foreign(running_server, stored)
    assert_shown_inert(stored.messages)
    for message in stored.messages:
        if isinstance(message.block, Text):
            assert_html_inert(markdown_to_html(message.block.markdown))


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.id)
def test_a_harmless_text_is_read_and_shown_as_it_is(victim: Victim, running_server: ModelServer, trap: Trap) -> None:
    planted = victim.plant(Place.NOTE, trap.text, around=trap.text)
    search = ScriptedCall("search_notes", {"query": planted})
    fenced = f"They wrote:\n\n```text\n{planted}\n```"
    running_server.script(ScriptedReply(calls=(search,)), ScriptedReply(fenced))
    victim.ask(Place.NOTE)
    (_, second) = running_server.requests
    given = str(second.body["messages"][-1]["content"])
    assert " ".join(planted.split()) in " ".join(given.split())
    stored = victim.chat.stored_panel()
    shown = "\n".join(block_to_shown_text(row.block) for row in stored.messages)
    assert planted in shown
    assert all(call.status is CallStatus.SUCCEEDED for call in stored.tool_calls)


@pytest.mark.parametrize("trap", TRAPS[::3], ids=lambda trap: trap.id)
def test_without_a_model_a_harmless_text_is_quoted_as_it_is(victim: Victim, trap: Trap) -> None:
    planted = victim.plant(Place.NOTE, trap.text, around=trap.text)
    victim.chat.ask(f"Find in the notes: {planted[:100]}", built_in=True)
    said = " ".join(victim.chat.last_answer_text().split())
    assert " ".join(planted.split()[:6]) in said


def assert_nothing_ran(stored: ChatPanel, counts: Counts) -> None:
    for call in stored.tool_calls:
        if call.tool in SIDE_EFFECT_TOOLS:
            assert call.status in (CallStatus.WAITING, CallStatus.REFUSED), call
        counts.waiting += call.status is CallStatus.WAITING
        counts.refused += call.status is CallStatus.REFUSED


def assert_nothing_ticked(victim: Victim, stored: ChatPanel) -> None:
    """Nothing that waits has a yes in it: a confirmation is a person's to give."""
    for call in stored.tool_calls:
        if call.is_waiting_for_approval:
            told = victim.chat.service.approvals.build_tool_call_proposal(victim.chat.context, stored, call)
            assert told.fields, told
            assert not [each for each in told.fields if each.value is True], told


def assert_nothing_foreign(server: ModelServer, stored: ChatPanel) -> None:
    """Neither the model nor the person got a word of another customer."""
    texts = [dump_request(request.body) for request in server.requests]
    texts += [str(message.block) for message in stored.messages]
    texts += [str(call.output) for call in stored.tool_calls]
    assert not [text for text in texts if any(secret in text for secret in SECRETS)]
