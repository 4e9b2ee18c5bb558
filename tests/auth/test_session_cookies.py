import pytest

from lib.auth.session_cookies import read_session_cookie

BOTH = {"__Host-zen_session": "bound", "zen_session": "plain"}


@pytest.mark.parametrize(
    ("secure", "cookies", "expected"),
    [
        (True, BOTH, "bound"),
        (True, {"zen_session": "plain"}, None),
        (False, BOTH, "plain"),
        (False, {"__Host-zen_session": "bound"}, None),
        (None, BOTH, "bound"),
        (None, {"zen_session": "plain"}, "plain"),
        (None, {"zen_session": ""}, None),
    ],
)
def test_over_https_only_the_name_bound_to_the_host_is_read(
    secure: bool | None, cookies: dict[str, str], expected: str | None
) -> None:
    assert read_session_cookie(cookies, secure=secure) == expected
