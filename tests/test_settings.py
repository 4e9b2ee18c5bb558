import base64
import json
from pathlib import Path

import pytest

from lib.errors import InvalidInput
from lib.settings import load_settings, read_environment

NAMED = {
    "SUPABASE_URL": "https://example.supabase.co/",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_abc",
    "ZEN_SESSION_SECRET": "s" * 32,
}


def legacy_key(role: str) -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"role": role, "iss": "supabase"}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{payload}.signature"


def test_nothing_named_means_the_embedded_supabase() -> None:
    assert load_settings({}) is None
    assert load_settings({"SUPABASE_URL": " ", "SUPABASE_PUBLISHABLE_KEY": ""}) is None


def test_a_named_supabase_is_used_without_its_trailing_slash() -> None:
    settings = load_settings(NAMED)
    assert settings is not None
    assert settings.url == "https://example.supabase.co"
    assert not settings.is_local


def test_the_older_name_of_the_key_is_accepted() -> None:
    named = {**NAMED, "SUPABASE_PUBLISHABLE_KEY": "", "SUPABASE_ANON_KEY": legacy_key("anon")}
    settings = load_settings(named)
    assert settings is not None
    assert settings.publishable_key == legacy_key("anon")


@pytest.mark.parametrize("key", ["sb_secret_abc", legacy_key("service_role"), legacy_key("supabase_admin")])
def test_a_privileged_key_is_refused_by_its_shape(key: str) -> None:
    with pytest.raises(InvalidInput, match="bypasses row-level security") as refused:
        load_settings({**NAMED, "SUPABASE_PUBLISHABLE_KEY": key})
    assert key not in str(refused.value)


@pytest.mark.parametrize("missing", ["SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "ZEN_SESSION_SECRET"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(InvalidInput, match=f"{missing} is not set"):
        load_settings({**NAMED, missing: ""})


def test_a_short_session_secret_is_refused() -> None:
    with pytest.raises(InvalidInput, match="shorter than 32 characters"):
        load_settings({**NAMED, "ZEN_SESSION_SECRET": "s" * 31})


def test_secrets_toml_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('OPENAI_MODEL = "from the file"\nOPENAI_BASE_URL = "also"\n[table]\nignored = "yes"\n')
    monkeypatch.setenv("OPENAI_MODEL", "from the environment")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    read = read_environment(file)
    assert (read["OPENAI_MODEL"], read["OPENAI_BASE_URL"]) == ("from the environment", "also")
    assert "table" not in read


def test_a_missing_secrets_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read_environment(tmp_path / "none.toml")


def test_a_broken_secrets_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text("SUPABASE_URL = ")
    with pytest.raises(InvalidInput, match=r"secrets\.toml is not valid TOML"):
        read_environment(file)
