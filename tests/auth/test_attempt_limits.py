"""Guessing over real HTTP, and how attempts are told apart."""

import time
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lib.app_context import get_app_context
from lib.auth.attempt_limit_cookie import KnownBrowser, create_known_browser, read_known_browser
from lib.auth.attempt_limits import AttemptKind, build_attempt, find_client_network
from lib.auth.routes import create_auth_routes
from lib.auth.user_agent_names import describe_user_agent
from lib.settings import RefusalSettings, parse_settings
from tests.auth.test_routes import HTML, read_message, submit_sign_in
from tests.conftest import Connection
from tests.support.companies import Company, unused_email
from tests.support.server import AppServer

SECRET = "a secret of the app " * 3


@pytest.fixture
def browser(app: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url, **HTML}, timeout=30) as client:
        yield client


def keys(address: str, browser: KnownBrowser | None = None, client_ip: str | None = None) -> dict[str, str]:
    kind = AttemptKind.SIGN_IN
    return build_attempt(kind, secret=SECRET, address=address, browser=browser, client_ip=client_ip).keys


@pytest.mark.parametrize("known", [True, False])
def test_passwords_are_guessed_ten_times_then_never_for_known_and_unknown_addresses(
    app: AppServer, company: Company, known: bool
) -> None:
    email = company.csm.email if known else unused_email()
    answers = []
    for _ in range(11):
        with httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as client:
            answers.append(submit_sign_in(client, email, "a guess"))
    assert [each.status_code for each in answers] == [401] * 10 + [429]
    assert read_message(answers[-1]) == "Too many tries. Try again in 6 minutes."
    step = parse_settings(RefusalSettings).step_seconds
    assert all(each.elapsed.total_seconds() >= step for each in answers)


@pytest.mark.parametrize("known", [True, False])
def test_a_refusal_is_answered_at_a_whole_second_for_known_and_unknown_addresses(
    company: Company, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparing a password takes a while, and there is one for a known address only."""
    monkeypatch.delenv("ZEN_REFUSAL_STEP_SECONDS")  # what tests are asked to hurry with
    email = company.csm.email if known else unused_email()
    routes = create_auth_routes(lambda _settings: ())
    with TestClient(
        Starlette(routes=routes), base_url="http://localhost", headers={"Origin": "http://localhost"}
    ) as browser:
        for form in ({"email": email, "password": "a guess"}, {"email": email, "password": ""}):
            started_at = time.monotonic()
            assert browser.post("/auth/sign-in", data=form).status_code in (401, 422)
            assert time.monotonic() - started_at >= 1


def test_guesses_from_elsewhere_keep_nobody_out_of_the_browser_they_use(
    app: AppServer, browser: httpx.Client, company: Company
) -> None:
    assert submit_sign_in(browser, company.csm.email).status_code == 303
    browser.post("/auth/sign-out")
    for _ in range(11):
        with httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as client:
            refused = submit_sign_in(client, company.csm.email, "a guess")
    assert refused.status_code == 429
    assert submit_sign_in(browser, company.csm.email).status_code == 303


def test_one_browser_guesses_no_more_than_twenty_times_over_many_addresses(browser: httpx.Client) -> None:
    answers = [submit_sign_in(browser, unused_email(), "a guess").status_code for _ in range(23)]
    assert (answers[:20], answers[-1]) == ([401] * 20, 429), "the first answer brings the cookie"


@pytest.mark.parametrize("path", ["reset", "join-code"])
def test_a_code_is_guessed_five_times(browser: httpx.Client, company: Company, path: str) -> None:
    form = {"email": company.csm.email, "code": "000000", "password": "a new password"}
    answers = [browser.post(f"/auth/{path}", data=form) for _ in range(6)]
    assert [each.status_code for each in answers] == [422] * 5 + [429]
    assert read_message(answers[-1]) == "Too many tries. Try again in 12 minutes."


@pytest.mark.parametrize("path", ["forgot", "join"])
@pytest.mark.parametrize("known", [True, False])
def test_a_code_is_mailed_three_times_in_a_row(browser: httpx.Client, company: Company, path: str, known: bool) -> None:
    email = company.csm.email if known else unused_email()
    answers = [browser.post(f"/auth/{path}", data={"email": email}) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert read_message(answers[-1]) == "Too many tries. Try again in 15 minutes."


def test_right_passwords_are_never_too_many(browser: httpx.Client, company: Company) -> None:
    assert {submit_sign_in(browser, company.csm.email).status_code for _ in range(24)} == {303}


def test_what_a_client_writes_about_its_address_does_not_count(browser: httpx.Client, sql: Connection) -> None:
    """Without FORWARDED_ALLOW_IPS no proxy is known, and X-Forwarded-For could be anybody's."""
    email = unused_email()
    forwarded = {"X-Forwarded-For": "203.0.113.77"}
    answer = browser.post("/auth/sign-in", data={"email": email, "password": "a guess"}, headers=forwarded)
    assert answer.status_code == 401
    secret = get_app_context().settings.session_secret
    counted = build_attempt(
        AttemptKind.SIGN_IN, secret=secret, address=email, browser=None, client_ip="203.0.113.77"
    ).keys
    stored = sql.execute(
        "select array_agg(scope) from private.attempts where key = any(%s)",
        [[bytes.fromhex(key) for key in counted.values()]],
    )
    assert stored.fetchone() == (["address"],)


def test_what_is_counted_is_hashed_with_the_secret() -> None:
    counted = keys("bea@zen.test", create_known_browser(), "203.0.113.7")
    assert set(counted) == {"address", "browser", "network"}
    assert "bea" not in str(counted)
    other = build_attempt(AttemptKind.SIGN_IN, secret="another", address="bea@zen.test", browser=None, client_ip=None)
    assert other.keys["address"] != counted["address"]


def test_a_browser_that_signed_in_has_a_count_of_its_own_for_that_address_only() -> None:
    known = create_known_browser().with_address("bea@zen.test", secret=SECRET)
    assert set(keys("bea@zen.test", known)) == {"device", "browser"}
    assert set(keys("bob@zen.test", known)) == {"address", "browser"}
    another = create_known_browser().with_address("bea@zen.test", secret=SECRET)
    assert keys("bea@zen.test", known)["device"] != keys("bea@zen.test", another)["device"]


@pytest.mark.parametrize("proof", [None, "0" * 64])
def test_a_browser_cannot_call_itself_known(proof: str | None) -> None:
    assert "device" not in keys("bea@zen.test", KnownBrowser(id="a" * 22, proof=proof))


@pytest.mark.parametrize("value", ["", "short", "a" * 23, "a" * 22 + ".", "a" * 22 + "." + "g" * 64, "\u00e9" * 22])
def test_a_cookie_of_another_shape_is_no_browser(value: str) -> None:
    assert read_known_browser({"zen_browser": value}, secure=False) is None


@pytest.mark.parametrize(
    ("client_ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("testclient", None),
        (None, None),
    ],
)
def test_a_network_is_an_address_or_the_half_of_one_that_a_provider_gives_out(
    client_ip: str | None, network: str | None
) -> None:
    assert find_client_network(client_ip) == network


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E Safari/604.1",
         "Safari on iPhone"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_people_know_it(user_agent: str, name: str) -> None:
    assert describe_user_agent(user_agent) == name
