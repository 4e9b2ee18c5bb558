import base64
import json
from pathlib import Path

import pytest

from lib.errors import InvalidInput
from lib.llm.model_settings import ModelSettings, load_model_settings
from lib.settings import RefusalSettings, load_settings, parse_settings

NAMED = {
    "SUPABASE_URL": "https://example.supabase.co/",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_abc",
    "ZEN_SESSION_SECRET": "s" * 32,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without secrets.toml, and an environment without settings."""
    for name in (*NAMED, "SUPABASE_ANON_KEY", "ZEN_LOCAL", "ZEN_SESSION_SECRETS_OLD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".streamlit").mkdir()
    return tmp_path


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


@pytest.mark.parametrize("old", ["short", f"{'o' * 32},short"])
def test_a_short_old_session_secret_is_refused(old: str) -> None:
    with pytest.raises(InvalidInput, match="ZEN_SESSION_SECRETS_OLD has one shorter than 32 characters"):
        load_settings({**NAMED, "ZEN_SESSION_SECRETS_OLD": old})


def test_old_session_secrets_come_after_the_current_one() -> None:
    settings = load_settings({**NAMED, "ZEN_SESSION_SECRETS_OLD": f"{'o' * 32}, {'p' * 40}"})
    assert settings is not None
    assert settings.session_secrets == ("s" * 32, "o" * 32, "p" * 40)


def test_secrets_are_not_in_what_is_printed() -> None:
    printed = repr(load_settings({**NAMED, "ZEN_SESSION_SECRETS_OLD": "o" * 32}))
    assert "s" * 32 not in printed
    assert "o" * 32 not in printed


def test_secrets_toml_is_read_and_the_environment_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'OPENAI_MODEL = "from the file"\nOPENAI_BASE_URL = "http://file"\n[table]\nignored = "yes"\n'
    (folder / ".streamlit" / "secrets.toml").write_text(text)
    monkeypatch.setenv("OPENAI_MODEL", "from the environment")
    settings = load_model_settings()
    assert (settings.model, settings.base_url) == ("from the environment", "http://file")


def test_an_empty_variable_counts_as_not_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".streamlit" / "secrets.toml").write_text('OPENAI_MODEL = "from the file"\n')
    monkeypatch.setenv("OPENAI_MODEL", "")
    assert load_model_settings().model == "from the file"


def test_a_missing_secrets_file_is_an_empty_one() -> None:
    assert load_model_settings() == ModelSettings()


def test_a_broken_secrets_file_is_named(folder: Path) -> None:
    (folder / ".streamlit" / "secrets.toml").write_text("SUPABASE_URL = ")
    with pytest.raises(InvalidInput, match=r"secrets\.toml is not valid TOML"):
        load_settings()


def test_a_value_of_another_type_is_named(folder: Path) -> None:
    (folder / ".streamlit" / "secrets.toml").write_text("SUPABASE_URL = 5\n")
    with pytest.raises(InvalidInput, match="SUPABASE_URL is not text"):
        load_settings()


@pytest.mark.parametrize(("value", "fault"), [("soon", "not a number"), ("11", "more than 10"), ("0", "above 0")])
def test_a_refusal_step_of_another_kind_is_named(monkeypatch: pytest.MonkeyPatch, value: str, fault: str) -> None:
    monkeypatch.setenv("ZEN_REFUSAL_STEP_SECONDS", value)
    with pytest.raises(InvalidInput, match=f"ZEN_REFUSAL_STEP_SECONDS is .*{fault}"):
        parse_settings(RefusalSettings)


def test_a_refusal_waits_for_a_whole_second_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZEN_REFUSAL_STEP_SECONDS")
    assert parse_settings(RefusalSettings).step_seconds == 1
