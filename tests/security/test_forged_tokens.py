"""Access tokens that Supabase did not sign, or that have expired, open nothing."""

import json
import time
from typing import Any

import httpx
import jwt
import pytest

from lib import local
from lib.app_context import get_app_context
from lib.auth.service import sign_in
from lib.local.paths import LocalPaths
from tests.support.companies import PASSWORD, Company


@pytest.fixture
def claims(company: Company) -> dict[str, Any]:
    token = sign_in(get_app_context(), email=company.csm.email, password=PASSWORD).access_token
    return jwt.decode(token, options={"verify_signature": False})


@pytest.fixture
def jwt_secret(stack: local.LocalStack) -> str:
    return str(json.loads(LocalPaths(stack.folder).keys.read_text())["jwt_secret"])


def ask(stack: local.LocalStack, token: str) -> httpx.Response:
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {token}"}
    return httpx.get(f"{stack.url}/rest/v1/profiles?select=id&limit=1", headers=headers, timeout=30)


def test_a_token_signed_by_supabase_is_accepted(
    stack: local.LocalStack, claims: dict[str, Any], jwt_secret: str
) -> None:
    assert ask(stack, jwt.encode(claims, jwt_secret, algorithm="HS256")).json()


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_a_token_signed_with_another_key_is_refused(
    stack: local.LocalStack, claims: dict[str, Any], algorithm: str
) -> None:
    assert ask(stack, jwt.encode(claims, "another key " * 8, algorithm=algorithm)).status_code == 401


def test_a_token_without_a_signature_is_refused(stack: local.LocalStack, claims: dict[str, Any]) -> None:
    answer = ask(stack, jwt.encode(claims, None, algorithm="none"))
    assert answer.status_code == 401, answer.text


def test_a_token_that_names_its_own_key_is_refused(stack: local.LocalStack, claims: dict[str, Any]) -> None:
    key = "mine mine mine mine mine mine mine mine"
    header = {"jku": "https://evil.example/keys", "jwk": {"kty": "oct", "k": key}, "kid": "mine"}
    assert ask(stack, jwt.encode(claims, key, algorithm="HS256", headers=header)).status_code == 401


def test_an_expired_token_is_refused(stack: local.LocalStack, claims: dict[str, Any], jwt_secret: str) -> None:
    old = claims | {"iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600}
    assert ask(stack, jwt.encode(old, jwt_secret, algorithm="HS256")).status_code == 401
