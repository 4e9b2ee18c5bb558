"""Words that were replaced on screen stay replaced, in code, SQL, stock workflows and the demo."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.demo.test_screens import list_strings
from tests.support.server import REPOSITORY

REPLACED = {
    r"Asked (?:is|was)\b": "Assigned to …; You asked …",
    r"[Tt]he day .{0,40} has come": "Back today, as planned",
    r"customers? (?:is|are) (?:calm|in hand)": "6 can wait · 3 in progress · 15 need nothing",
    r"\bE-mail|\bLetter to\b|^Copy to$": "Email, Email to …, Cc",
    r"What holds today": "Current terms",
    r"[Rr]enews? by itself": "Auto-renews",
    r"Agreed by\b": "Needs approval: …",
    r"What whoever runs it is asked": "Question to ask when it runs",
    r"only with a leader's approval": "Needs a manager's approval when run from chat",
    r"waits for your approval\.": "… Approve to run it.",
    r"Denied; nothing was done": "Cancelled.",
    r"Words are looked for": "Searches for exact words.",
    r"Yes, this is meant": "Yes, continue",
    r"This click cannot be told": "Reload the page and try again.",
    r"Not in the data\b": "Not in our records",
    r"answers? to look at": "1 answer missing",
    r"Take it (?:up|back)\b|Put it away": "Resume, Unshare, Snooze",
    r"Hello [A-Z{]": "Hi …,",
}


def list_texts() -> Iterator[tuple[str, str]]:
    for folder in ("lib", "pages"):
        for file in (REPOSITORY / folder).rglob("*.py"):
            for node in list_strings(ast.parse(file.read_text(encoding="utf-8"))):
                yield f"{file.relative_to(REPOSITORY)}:{node.lineno}", node.value
    for pattern in ("supabase/**/*.sql", "lib/**/*.json", "supabase/stock/**/*.json", "lib/**/*.html"):
        for file in REPOSITORY.glob(pattern):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
                if "node_modules" not in file.parts and not line.lstrip().startswith("--"):
                    yield f"{file.relative_to(REPOSITORY)}:{number}", line


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    return list(list_texts())


@pytest.mark.parametrize("replaced", REPLACED)
def test_a_replaced_sentence_is_nowhere(texts: list[tuple[str, str]], replaced: str) -> None:
    assert [(place, found[0]) for place, text in texts for found in re.finditer(replaced, text)] == []
