"""ZEN_LOCAL_POSTGRES: the embedded Supabase on another Postgres, such as the one of a hosted project."""

from pathlib import Path

import psycopg
import pytest

from lib.local import LocalStartError, start_stack
from tests.local.conftest import quiet
from tests.support.postgres_versions import ensure_postgres


@pytest.mark.parametrize("major", [15, 17])
def test_a_stack_starts_on_the_postgres_it_is_given(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, major: int
) -> None:
    monkeypatch.setenv("ZEN_LOCAL_POSTGRES", str(ensure_postgres(major)))
    stack = start_stack(folder=empty_folder, seed=False, report=quiet)
    with psycopg.connect(stack.database_url) as connection:
        assert connection.info.server_version // 10_000 == major


def test_a_folder_without_a_postgres_is_named(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = r"has no Postgres 15 to 18\. Name the folder above its bin/postgres"
    with monkeypatch.context() as patch:
        patch.setenv("ZEN_LOCAL_POSTGRES", str(tmp_path))
        with pytest.raises(LocalStartError, match=message):
            start_stack(folder=empty_folder, seed=False, report=quiet)
