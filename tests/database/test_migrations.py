"""Each object stands once in the migrations, in its final form, until the first release."""

import re
from collections import Counter

import pytest

from lib.local.migrations import read_migrations

CREATED = re.compile(
    r"^create (?:unique )?(table|view|function|type|domain|index|trigger|policy) (\"[^\"]+\"|[\w.]+)"
    r"(?:[^;]*? on ([\w.]+))?",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {migration.name: migration.text for migration in read_migrations()}


def test_the_first_migration_refuses_an_older_postgres(texts, sql):
    """To a check that asks for version 99 this server is too old."""
    check = re.search(r"^do \$\$.*?^\$\$;", next(iter(texts.values())), re.DOTALL | re.MULTILINE)
    assert check
    sql.execute(check[0])
    with pytest.raises(Exception, match="Zen needs Postgres 15 or newer; this server is"):
        sql.execute(check[0].replace("< 150000", "< 990000"))


def test_nothing_is_replaced_or_dropped(texts):
    undone = re.compile(r"^(create or replace|drop|alter (function|policy|view|domain|type)) ", re.MULTILINE)
    assert [name for name, text in texts.items() if undone.search(text)] == []


def test_no_object_is_created_twice(texts):
    created = Counter(
        (kind, name, table if kind in ("trigger", "policy") else "")
        for text in texts.values()
        for kind, name, table in CREATED.findall(text)
    )
    assert [each for each, times in created.items() if times > 1] == []


def test_a_table_is_altered_only_where_it_is_created(texts):
    altered, created = (
        {(file, name) for file, text in texts.items() for name in re.findall(pattern, text, re.MULTILINE)}
        for pattern in (r"^alter table ([\w.]+)", r"^create table ([\w.]+)")
    )
    assert len(altered) > 20
    assert altered - created == set()


def test_no_name_is_longer_than_postgres_keeps(texts):
    """63 bytes; the rest of a longer name is cut off without an error, and two names may become one."""
    quoted = [name for text in texts.values() for name in re.findall(r'^create \w+ "([^"]+)"', text, re.MULTILINE)]
    plain = [name for text in texts.values() for name in re.findall(r"\b[a-z]\w{40,}\b", text)]
    assert len(quoted) > 50
    assert [name for name in quoted + plain if len(name.encode()) > 63] == []
