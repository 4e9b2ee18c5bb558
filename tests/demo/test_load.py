from pathlib import Path

import pytest

from lib.db.row_signatures import RowSigner
from lib.demo.__main__ import main
from lib.demo.demo_data import TABLES
from lib.demo.people import DEMO_PEOPLE
from lib.demo.seed_command import require_loopback_supabase
from lib.errors import NotPermitted
from tests.demo.conftest import Demo

HERE = {"SUPABASE_URL": "http://127.0.0.1:5000", "DATABASE_URL": "postgresql://postgres@127.0.0.1:5001/postgres"}


def everything(demo: Demo) -> dict[str, tuple[object, ...] | None]:
    """A fingerprint of every table the book fills."""
    return {
        table: demo.sql.execute(
            f"select count(*), md5(string_agg(t::text, '' order by t::text)) from {table} t"
        ).fetchone()
        for table in (*TABLES, "profiles", "company_invites")
    }


def test_everybody_has_joined_their_company(demo: Demo) -> None:
    rows = demo.sql.execute(
        "select p.email, p.full_name, p.role, c.name from profiles p join companies c on c.id = p.company_id"
    ).fetchall()
    assert set(rows) == {(p.email, p.full_name, p.role, p.company) for p in DEMO_PEOPLE}


def test_seeding_twice_changes_nothing(demo: Demo) -> None:
    before = everything(demo)
    assert demo.run("seed") == 0
    assert everything(demo) == before


def test_what_is_missing_is_brought_back(demo: Demo) -> None:
    before = everything(demo)
    demo.sql.execute("delete from notes where id in (select id from notes order by id limit 5)")
    demo.sql.execute("delete from workflow_chat_messages where id in (select id from workflow_chat_messages limit 1)")
    assert demo.run("seed") == 0
    assert everything(demo) == before


def test_what_people_changed_stays(demo: Demo) -> None:
    before = demo.sql.execute("select summary from customers where name = 'Kestrel Dental'").fetchone()
    demo.sql.execute("update customers set summary = 'Ours now.' where name = 'Kestrel Dental'")
    assert demo.run("seed") == 0
    assert demo.count("select count(*) from customers where summary = 'Ours now.'") == 1
    demo.sql.execute("update customers set summary = %s where name = 'Kestrel Dental'", before)


def test_another_book_is_not_mixed_into_this_one(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(demo)
    row = demo.sql.execute("select edition from private.demo_anchor").fetchone()
    demo.sql.execute("update private.demo_anchor set edition = 'another'")
    demo.sql.execute("delete from notes where false")
    assert demo.run("seed") == 0
    demo.sql.execute("update private.demo_anchor set edition = %s", row)
    assert "an earlier one and stays" in capsys.readouterr().out
    assert everything(demo) == before


def test_seeding_leaves_the_triggers_on(demo: Demo) -> None:
    assert demo.count("select count(*) from pg_trigger where not tgisinternal and tgenabled = 'D'") == 0


def test_a_database_elsewhere_is_refused() -> None:
    require_loopback_supabase(HERE)
    with pytest.raises(NotPermitted, match=r"db\.example\.org"):
        require_loopback_supabase(HERE | {"DATABASE_URL": "postgresql://postgres@db.example.org/postgres"})
    with pytest.raises(NotPermitted, match=r"xyz\.supabase\.co"):
        require_loopback_supabase(HERE | {"SUPABASE_URL": "https://xyz.supabase.co"})


def test_a_seed_without_settings_names_them_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ZEN_LOCAL_DIR", str(tmp_path))
    for name in ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "DATABASE_URL", "ZEN_SESSION_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert main(["seed"]) == 1
    assert (
        "SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, DATABASE_URL, ZEN_SESSION_SECRET must be set"
        in capsys.readouterr().err
    )


def test_without_settings_it_finds_the_local_stack(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEN_LOCAL_DIR", str(demo.stack.folder))
    for name in ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "DATABASE_URL", "ZEN_SESSION_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert main(["seed"]) == 0
    assert "Demo book: 0 people signed up, 0 rows added" in capsys.readouterr().out


def test_all_that_zen_wrote_in_the_demo_is_signed_with_the_secret_of_the_stack(demo: Demo) -> None:
    signer = RowSigner((demo.stack.session_secret,))
    messages = [row for (row,) in demo.sql.execute("select to_jsonb(m) from workflow_chat_messages m").fetchall()]
    assert {row["role"] for row in messages} >= {"user", "assistant"}
    assert all(signer.is_message_authentic(row) for row in messages)
    calls = [row for (row,) in demo.sql.execute("select to_jsonb(c) from workflow_llm_tool_calls c").fetchall()]
    assert all(signer.is_tool_call_authentic(row) for row in calls)
