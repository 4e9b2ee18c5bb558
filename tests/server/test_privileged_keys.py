import base64
import json
from pathlib import Path

import pytest

from lib.errors import InvalidInput
from lib.local import LocalStack
from lib.server.privileged_key_check import PRIVILEGED_NAMES, require_no_privileged_key
from tests.conftest import server_environment
from tests.support.server import AppServer

SECRET = "sb_secret_" + "a1" * 16


def jwt(**claims: object) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in PRIVILEGED_NAMES:
        monkeypatch.delenv(name, raising=False)


def write_secrets(folder: Path, text: str) -> None:
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_SECRET_KEY", SECRET), ("SUPABASE_SECRET_KEY", "of a shape nobody knows"),
        ("SUPABASE_SERVICE_ROLE_KEY", jwt(role="service_role")), ("MY_KEY", SECRET),
        ("MY_KEY", f" {jwt(role='service_role')} "), ("MY_KEY", jwt(role="supabase_admin")),
    ],
)  # fmt: skip
def test_a_privileged_key_is_refused_by_name_and_by_shape(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput, match=f"{name} must not be set") as caught:
        require_no_privileged_key()
    assert value.strip() not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["", " ", jwt(role="anon"), jwt(sub="1"), jwt(role="authenticated"), "a.b.c", "…", jwt()[:-5] + "é.x"]
)
def test_other_values_are_nobodys_business(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MY_KEY", value)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "")
    require_no_privileged_key()


@pytest.mark.parametrize(
    "text", [f'SUPABASE_SECRET_KEY = "{SECRET}"', f'[connections.supabase]\nSUPABASE_SECRET_KEY = "{SECRET}"']
)
def test_secrets_toml_holds_none_either(tmp_path: Path, text: str) -> None:
    write_secrets(tmp_path, text)
    with pytest.raises(InvalidInput, match="SUPABASE_SECRET_KEY must not be set"):
        require_no_privileged_key()


def test_the_app_does_not_start_with_the_operators_key(stack: LocalStack, tmp_path: Path) -> None:
    environment = server_environment(stack) | {"SUPABASE_SECRET_KEY": stack.secret_key}
    app = AppServer.start(environment, log=tmp_path / "log")
    try:
        assert app.process.wait(60) != 0
    finally:
        app.stop()
    text = app.log.read_text()
    assert "Zen does not start: SUPABASE_SECRET_KEY must not be set" in text
    assert ("Traceback" in text, stack.secret_key in text) == (False, False)
