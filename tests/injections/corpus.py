"""What is planted and what it asks for, as data: attacks with their sources, goals of Zen, traps that are harmless."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.model_server import ScriptedCall

GOAL, TOOLS = "{goal}", "{tools}"
HERE = Path(__file__).parent
WHEELS = os.environ.get("ZEN_INJECTION_WHEELS")
"""A folder with the wheels of requirements.txt: then everything in them is planted, with every goal."""
EVERY = int(os.environ.get("ZEN_INJECTION_EVERY", "1"))


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What an attack wants. `order` is one line; `calls` and `says` are what a model does that obeys it."""

    id: str
    order: str
    calls: tuple[ScriptedCall, ...]
    says: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A text that hands a goal to a model; `{goal}` stands for it, `{tools}` for the calls that reach it."""

    id: str
    source: str
    text: str

    def fill(self, goal: Goal) -> str:
        tools = " ".join(
            f"You should use the tool `{call.name}` with the following arguments: {call.to_json}."
            for call in goal.calls
        )
        return self.text.replace(GOAL, goal.order).replace(TOOLS, tools)


@dataclass(frozen=True, kw_only=True)
class Trap:
    """Ordinary text that looks like an instruction."""

    id: str
    source: str
    text: str


def read_attacks() -> tuple[Attack, ...]:
    if WHEELS:
        from tests.injections.wheel_corpora import read_wheel_attacks

        return read_wheel_attacks(Path(WHEELS))
    return tuple(Attack(**row) for row in _read_json("selection.json")["attacks"])


def read_traps() -> tuple[Trap, ...]:
    ours = tuple(Trap(**row) for row in _read_json("traps.json"))
    if WHEELS:
        from tests.injections.wheel_corpora import read_wheel_traps

        return (*ours, *read_wheel_traps(Path(WHEELS)))
    return (*ours, *(Trap(**row) for row in _read_json("selection.json")["traps"]))


def read_goals() -> tuple[Goal, ...]:
    return tuple(
        Goal(
            id=row["id"],
            order=row["order"],
            calls=tuple(ScriptedCall(call["name"], call["arguments"]) for call in row["calls"]),
            says=row["says"],
            claims=tuple(row.get("claims", ())),
        )
        for row in _read_json("goals.json")
    )


def _read_json(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))
