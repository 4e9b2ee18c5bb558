import pytest

from lib.auth.session_crypto import decrypt_session, encrypt_session

SECRET, OTHER_SECRET, COOKIE = "s" * 32, "t" * 32, "c" * 43


@pytest.fixture
def token() -> str:
    return encrypt_session("the session", secrets=[SECRET], cookie=COOKIE)


def test_it_takes_secret_and_cookie_to_decrypt(token: str) -> None:
    assert decrypt_session(token, secrets=[SECRET], cookie=COOKIE) == "the session"
    assert decrypt_session(token, secrets=[SECRET], cookie="d" * 43) is None
    assert decrypt_session(token, secrets=[OTHER_SECRET], cookie=COOKIE) is None


@pytest.mark.parametrize("changed", ["", "no token", "é", "gAAAAA=="])
def test_what_is_no_token_is_none(changed: str) -> None:
    assert decrypt_session(changed, secrets=[SECRET], cookie=COOKIE) is None


def test_a_changed_token_is_none(token: str) -> None:
    assert decrypt_session(token[:-6] + "AAAAA=", secrets=[SECRET], cookie=COOKIE) is None


def test_any_of_the_secrets_decrypts(token: str) -> None:
    assert decrypt_session(token, secrets=[OTHER_SECRET, SECRET], cookie=COOKIE) == "the session"


def test_the_first_secret_encrypts() -> None:
    token = encrypt_session("the session", secrets=[OTHER_SECRET, SECRET], cookie=COOKIE)
    assert decrypt_session(token, secrets=[OTHER_SECRET], cookie=COOKIE) == "the session"
    assert decrypt_session(token, secrets=[SECRET], cookie=COOKIE) is None


def test_encrypting_the_same_text_twice_gives_different_tokens(token: str) -> None:
    assert encrypt_session("the session", secrets=[SECRET], cookie=COOKIE) != token
