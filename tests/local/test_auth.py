"""What the app relies on in Supabase Auth, as supabase-py meets it on the local gateway."""

import base64
import json
import tomllib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from postgrest.exceptions import APIError
from supabase import Client, ClientOptions, create_client
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError
from supabase_auth.types import Session

from lib.local import LocalStack, start_stack
from lib.local.paths import REPOSITORY
from tests.local.conftest import last_code, quiet

PASSWORD = "correct horse battery"


def client(stack: LocalStack, key: str | None = None) -> Client:
    return create_client(stack.url, key or stack.publishable_key, ClientOptions(auto_refresh_token=False))


@pytest.fixture
def email(stack: LocalStack) -> str:
    address = f"alice-{uuid4().hex}@example.com"
    client(stack).auth.sign_up({"email": address, "password": PASSWORD, "options": {"data": {"name": "Alice"}}})
    return address


def signed_in(stack: LocalStack, email: str, password: str = PASSWORD) -> tuple[Client, Session]:
    mine = client(stack)
    session = mine.auth.sign_in_with_password({"email": email, "password": password}).session
    assert session
    return mine, session


def test_a_sign_up_is_confirmed_at_once_and_keeps_its_metadata(stack: LocalStack, email: str) -> None:
    mine, _ = signed_in(stack, email)
    answer = mine.auth.get_user()
    assert answer
    assert answer.user.email == email
    assert answer.user.email_confirmed_at
    assert answer.user.user_metadata["name"] == "Alice"


def test_an_address_signs_up_once(stack: LocalStack, email: str) -> None:
    with pytest.raises(AuthApiError, match="already registered"):
        client(stack).auth.sign_up({"email": email, "password": PASSWORD})


def test_a_short_password_is_refused(stack: LocalStack) -> None:
    with pytest.raises(AuthWeakPasswordError):
        client(stack).auth.sign_up({"email": f"{uuid4().hex}@example.com", "password": "short"})


def test_a_wrong_password_is_refused(stack: LocalStack, email: str) -> None:
    with pytest.raises(AuthApiError, match="Invalid login credentials"):
        signed_in(stack, email, "something else")


def test_a_refresh_gives_a_new_token_and_a_spent_one_ends_the_session(stack: LocalStack, email: str) -> None:
    mine, first = signed_in(stack, email)
    second = mine.auth.refresh_session().session
    assert second
    assert second.refresh_token != first.refresh_token
    third = mine.auth.refresh_session().session
    assert third
    for spent in (first.refresh_token, third.refresh_token):
        with pytest.raises(AuthApiError, match="Already Used"):
            client(stack).auth.refresh_session(spent)


def test_a_global_sign_out_ends_every_session(stack: LocalStack, email: str) -> None:
    here, _ = signed_in(stack, email)
    _, there = signed_in(stack, email)
    here.auth.sign_out({"scope": "global"})
    with pytest.raises(AuthApiError):
        client(stack).auth.refresh_session(there.refresh_token)


def test_a_mailed_code_allows_a_new_password_once(stack: LocalStack, email: str) -> None:
    client(stack).auth.reset_password_for_email(email)
    code = last_code(stack, email)
    mine = client(stack)
    assert mine.auth.verify_otp({"email": email, "token": code, "type": "recovery"}).session
    mine.auth.update_user({"password": "a new horse battery"})
    signed_in(stack, email, "a new horse battery")
    with pytest.raises(AuthApiError):
        signed_in(stack, email)
    with pytest.raises(AuthApiError):
        client(stack).auth.verify_otp({"email": email, "token": code, "type": "recovery"})


def claims(session: Session) -> dict[str, Any]:
    text = session.access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_mailed_code_signs_in_and_the_token_says_so(stack: LocalStack, email: str, is_known: bool) -> None:
    address = email if is_known else f"{uuid4().hex}@example.com"
    client(stack).auth.sign_in_with_otp({"email": address})
    answer = client(stack).auth.verify_otp({"email": address, "token": last_code(stack, address), "type": "email"})
    assert answer.session
    assert [each["method"] for each in claims(answer.session)["amr"]] == ["otp"]
    assert client(stack).auth.get_user(answer.session.access_token), "signed as the other tokens are"


def test_no_token_of_a_password_says_that_a_code_was_mailed(stack: LocalStack, email: str) -> None:
    assert "amr" not in claims(signed_in(stack, email)[1])


def test_a_wrong_code_signs_nobody_in(stack: LocalStack, email: str) -> None:
    client(stack).auth.sign_in_with_otp({"email": email})
    wrong = "000000" if last_code(stack, email) != "000000" else "111111"
    with pytest.raises(AuthApiError, match="invalid or has expired"):
        client(stack).auth.verify_otp({"email": email, "token": wrong, "type": "email"})


def test_a_reset_for_an_unknown_address_says_nothing_and_mails_nothing(stack: LocalStack, email: str) -> None:
    address = f"{uuid4().hex}@example.com"
    client(stack).auth.reset_password_for_email(address)
    client(stack).auth.reset_password_for_email(email)
    assert last_code(stack, email), "asked for after it, so the other would stand before it"
    assert address not in (stack.folder / "mail.log").read_text()


def test_a_request_runs_as_whoever_its_token_names(stack: LocalStack, email: str) -> None:
    mine, session = signed_in(stack, email)
    assert mine.table("profiles").select("id").execute().data == []
    assert client(stack, stack.secret_key).table("companies").select("id").execute().data == []
    with pytest.raises(APIError, match="permission denied"):
        client(stack).table("companies").select("id").execute()
    with pytest.raises(APIError, match="Invalid API key"):
        client(stack, "sb_publishable_of_another_machine").table("companies").select("id").execute()
    assert session.user.id


def test_a_token_lives_a_quarter_of_an_hour(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the other tests do not have it: theirs would end while they run."""
    monkeypatch.delenv("ZEN_LOCAL_TOKEN_SECONDS")
    stack = start_stack(folder=folder, seed=False, report=quiet)
    answer = client(stack).auth.sign_up({"email": f"{uuid4().hex}@example.com", "password": PASSWORD})
    assert answer.session
    said = claims(answer.session)
    assert said["exp"] - said["iat"] == answer.session.expires_in == 900
    hosted = tomllib.loads((REPOSITORY / "supabase" / "config.toml").read_text())
    assert hosted["auth"]["jwt_expiry"] == 900
