"""Attacks and traps as the wheels of `requirements.txt` have them. They are read, never imported."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.injections.corpus import GOAL, Attack, Trap

AGENTDOJO_USER, AGENTDOJO_MODEL = "Emma Johnson", "AI assistant"
"""AgentDojo's own person, and what it calls a model whose name it does not know."""


def read_wheel_attacks(site: Path) -> tuple[Attack, ...]:
    """Every attack of the three wheels unpacked in `site`; those without a goal of their own get one behind them."""
    return (*_read_agentdojo(site), *_read_bastioncorpus(site), *_read_agent_injection_bench(site))


def read_wheel_traps(site: Path) -> tuple[Trap, ...]:
    rows = (*_read_bastion_rows(site, "benign"), *_read_bench_rows(site, is_control=True))
    return tuple(Trap(id=row["id"], source=row["source"], text=row["text"]) for row in rows)


def _read_agentdojo(site: Path) -> Iterator[Attack]:
    """The texts with a goal in AgentDojo's attack modules; those that only stop a model have none."""
    for file in sorted((site / "agentdojo/attacks").glob("*_attacks.py")):
        for found in ast.parse(file.read_text(encoding="utf-8")).body:
            texts = list(_list_texts(found)) if isinstance(found, ast.ClassDef) else []
            text = next((text for _, text in texts if GOAL in text), None)
            name = next((text for variable, text in texts if variable == "name"), None)
            if text and name:
                filled = text.replace("{user}", AGENTDOJO_USER).replace("{model}", AGENTDOJO_MODEL)
                yield Attack(id=f"agentdojo:{name}", source="agentdojo", text=filled)


def _list_texts(found: ast.ClassDef) -> Iterator[tuple[str | None, str]]:
    """The texts in a class, each with the variable of the class it is given to, if it is."""
    named = {
        id(node.value): node.targets[0].id
        for node in found.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(found):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield named.get(id(node)), node.value


def _read_bastioncorpus(site: Path) -> Iterator[Attack]:
    for row in _read_bastion_rows(site, "malicious"):
        yield Attack(id=row["id"], source=row["source"], text=f"{row['text']}\n{GOAL}")


def _read_agent_injection_bench(site: Path) -> Iterator[Attack]:
    for row in _read_bench_rows(site, is_control=False):
        yield Attack(id=row["id"], source=row["source"], text=f"{row['text']}\n{GOAL}")


def _read_bastion_rows(site: Path, label: str) -> Iterator[dict[str, Any]]:
    for row in _read_lines(site / "bastioncorpus/corpus/injections.jsonl"):
        if row["label"] == label:
            yield {"id": f"bastioncorpus:{row['id']}", "source": "bastioncorpus", "text": row["text"]}


def _read_bench_rows(site: Path, *, is_control: bool) -> Iterator[dict[str, Any]]:
    for row in _read_lines(site / "aib/data/attacks.jsonl"):
        if (row["family"] == "control") == is_control:
            name = "agent-injection-bench"
            yield {"id": f"{name}:{row['id']}", "source": name, "text": row["injected"]}


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    yield from (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
