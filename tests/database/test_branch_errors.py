"""The database and the composer find the same errors in the branches of a draft."""

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from lib.workflows.chat_branch_content import find_branch_errors
from tests.database.factories import Sql, fetch_value, insert_row

SEQUENCE = ["greeting", "draft-email", "draft-email:second", "summary"]
KEYS = st.sampled_from(["a", "b", "c", "d"])
WORDS = st.sampled_from([None, "", " ", "\u200b", "Because.", "{{ customer.name }}"])
BOUNDS = st.fixed_dictionaries(
    {}, optional={"next_branch_key": st.one_of(st.none(), KEYS), "label": WORDS.filter(bool)}
)


def make_branches(actions: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.one_of(
        st.fixed_dictionaries({"branch_type": st.just("fixed"), "response_text": WORDS}),
        st.fixed_dictionaries({"branch_type": st.sampled_from(["llm", "rag"]), "prompt": WORDS}),
        st.fixed_dictionaries(
            {"branch_type": st.just("saved_action"), "saved_action_id": st.sampled_from([None, *actions])},
            optional={"snooze_days": st.sampled_from([None, 1, 730])},
        ),
    )
    branch = st.builds(lambda key, kind, more: {"branch_key": key} | kind | more, KEYS, kinds, BOUNDS)
    listed = st.lists(branch, max_size=4, unique_by=lambda each: each["branch_key"])
    return st.dictionaries(st.sampled_from(SEQUENCE), listed, max_size=3)


def test_the_database_and_the_composer_find_the_same_errors(books: Any, sql: Sql) -> None:
    usable, archived, snooze = (
        str(insert_row(sql, "saved_actions", company_id=books.id, kind=kind, name=name, archived_at=at))
        for kind, name, at in (
            ("custom", "Usable", None), ("snooze", "Archived", "2026-01-01"), ("snooze", "Rest", None)
        )
    )  # fmt: skip

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(make_branches([usable, archived, snooze]))
    def compare(branches: dict[str, Any]) -> None:
        assert fetch_value(sql, "select private.is_chat_branches(%s)", Jsonb(branches)) is True
        found = fetch_value(sql, "select private.branch_errors(%s, %s, %s)", SEQUENCE, Jsonb(branches), books.id)
        composed = find_branch_errors(SEQUENCE, branches, usable_actions={usable: "custom", snooze: "snooze"})
        assert sorted(found or []) == sorted(error.message for error in composed)

    compare()


def test_a_long_chain_of_follow_ups_is_checked_quickly(books: Any, sql: Sql) -> None:
    chain = [
        {"branch_key": str(number), "branch_type": "fixed", "label": "x", "response_text": "x"}
        | {"next_branch_key": str((number + 1) % 50)}
        for number in range(50)
    ]
    branches = {f"draft-email:e{number}": chain for number in range(40)}
    assert fetch_value(sql, "select private.is_chat_branches(%s)", Jsonb(branches)) is True
    explained = sql.execute(
        "explain (analyze, format text) select private.branch_errors(%s, %s, %s)",
        [list(branches), Jsonb(branches), books.id],
    ).fetchall()
    (took,) = re.findall(r"Execution Time: ([\d.]+) ms", "\n".join(row[0] for row in explained))
    assert float(took) < 20_000
