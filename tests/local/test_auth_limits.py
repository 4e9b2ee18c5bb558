"""Guessing at the embedded Supabase's own address is limited, and keeps nobody out of the app."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from lib.local import LocalStack, remove_stack, start_stack
from lib.local.paths import LocalPaths
from tests.local.conftest import copy_database, quiet

PASSWORD = "correct horse battery"
SIGN_IN = "/auth/v1/token?grant_type=password"


@pytest.fixture(scope="module")
def stack(template: LocalPaths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One of its own: what is used up here is missed by nobody."""
    folder = tmp_path_factory.mktemp("limits") / "local"
    copy_database(template, folder)
    yield start_stack(folder=folder, seed=False, report=quiet)
    remove_stack(folder=folder, report=quiet)


def open_client(stack: LocalStack, key: str) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers={"apikey": key}, timeout=30)


@pytest.fixture(scope="module")
def stranger(stack: LocalStack) -> Iterator[httpx.Client]:
    with open_client(stack, stack.publishable_key) as client:
        yield client


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[httpx.Client]:
    with open_client(stack, stack.app_key) as client:
        yield client


@pytest.fixture
def email(app: httpx.Client) -> str:
    address = f"{uuid4().hex}@example.com"
    assert app.post("/auth/v1/signup", json={"email": address, "password": PASSWORD}).status_code == 200
    return address


def guess(client: httpx.Client, email: str, path: str = SIGN_IN) -> httpx.Response:
    return client.post(path, json={"email": email, "password": "a guess", "token": "000000", "type": "recovery"})


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (SIGN_IN, 10),
        ("/auth/v1/verify", 5),
        ("/auth/v1/recover", 3),
        ("/auth/v1/otp", 3),
        ("/auth/v1/magiclink", 3),
        ("/auth/v1/resend", 3),
        ("/auth/v1/signup", 3),
    ],
)
def test_each_address_is_tried_a_few_times_and_the_refusal_says_how_long(
    path: str, allowed: int, stranger: httpx.Client, email: str
) -> None:
    answers = [guess(stranger, email, path) for _ in range(allowed + 1)]
    assert 429 not in [answer.status_code for answer in answers[:-1]]
    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.json()["error_code"] == "over_request_rate_limit"
    assert refused.json()["msg"].startswith("Too many tries. Try again in ")
    assert int(refused.headers["retry-after"]) > 60


def test_another_spelling_is_no_new_attempt(stranger: httpx.Client, email: str) -> None:
    for _ in range(10):
        guess(stranger, email)
    for path, spelt in (
        ("/auth/v1/%74oken?grant_type=password", email),
        ("/auth/v1/token?grant_type=password&more=1", email),
        (SIGN_IN, email.upper()),
        (SIGN_IN, f" {email} "),
    ):
        assert guess(stranger, spelt, path).status_code == 429, (path, spelt)


def test_the_app_signs_in_and_mails_codes_whatever_others_guess(
    stranger: httpx.Client, app: httpx.Client, email: str
) -> None:
    while guess(stranger, email).status_code != 429:
        pass
    for _ in range(12):
        assert app.post(SIGN_IN, json={"email": email, "password": PASSWORD}).status_code == 200
        assert guess(app, email, "/auth/v1/recover").status_code == 200
        assert guess(app, email, "/auth/v1/verify").status_code == 403


def test_a_right_password_gives_its_attempts_back(stranger: httpx.Client, email: str) -> None:
    for _ in range(3):
        for _ in range(9):
            guess(stranger, email)
        assert stranger.post(SIGN_IN, json={"email": email, "password": PASSWORD}).status_code == 200


def test_reading_and_signing_out_are_not_counted(stranger: httpx.Client, email: str) -> None:
    token = stranger.post(SIGN_IN, json={"email": email, "password": PASSWORD}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert {stranger.get("/auth/v1/user", headers=headers).status_code for _ in range(40)} == {200}
    assert stranger.post("/auth/v1/logout", headers=headers).status_code == 204


def test_a_body_that_is_no_request_is_refused_before_it_is_read_whole(stranger: httpx.Client) -> None:
    assert stranger.post(SIGN_IN, content=b"x" * 70_000).status_code == 413
    assert stranger.post(SIGN_IN, content=iter([b"x" * 40_000] * 3)).status_code == 413


def test_a_character_that_is_never_stored_is_refused(stranger: httpx.Client, email: str) -> None:
    for path in (SIGN_IN, "/auth/v1/verify", "/auth/v1/recover", "/auth/v1/signup"):
        answer = stranger.post(path, json={"email": f"a\0{email}", "password": "a\0 password", "token": "\0"})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "bad_json")


def test_one_caller_asks_for_a_few_mails_whatever_the_addresses(stranger: httpx.Client, app: httpx.Client) -> None:
    """The last test of the file: it uses up what one caller may ask."""
    addresses = [f"{uuid4().hex}@example.com" for _ in range(31)]
    assert 429 in [guess(stranger, address, "/auth/v1/recover").status_code for address in addresses]
    assert guess(app, addresses[0], "/auth/v1/recover").status_code == 200
