"""Draws the transitions of a run as a Mermaid state diagram.

`python -m lib.executions.status_diagram < rows.json` prints what docs/lifecycle.md shows; a test compares the two.
"""

import json
import sys
from collections.abc import Iterable

StatusTransition = tuple[str, str | None, str]
"""Action, status before (None while there is no run) and status afterwards."""

FINAL_STATUSES = ("completed", "skipped", "abandoned")
DIAGRAM_HEADER = ("```mermaid", "stateDiagram-v2", "    direction LR")


def format_state_diagram(transitions: Iterable[StatusTransition]) -> str:
    """The fenced diagram: one arrow for each pair of statuses, with every action that leads along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for action, start, end in sorted(transitions, key=lambda row: (row[1] or "", row[2], row[0])):
        arrows.setdefault((start or "[*]", end), []).append(action.replace("_", " "))
    lines = [f"    {start} --> {end}: {', '.join(actions)}" for (start, end), actions in arrows.items()]
    known = {status for pair in arrows for status in pair}
    lines += [f"    {status} --> [*]" for status in FINAL_STATUSES if status in known]
    return "\n".join((*DIAGRAM_HEADER, *lines, "```"))


def main() -> None:
    rows = json.load(sys.stdin)
    print(format_state_diagram((row["action"], row["from_status"], row["to_status"]) for row in rows))


if __name__ == "__main__":
    main()
