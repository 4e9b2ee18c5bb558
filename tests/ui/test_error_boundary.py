from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui import empty_and_error_states
from tests.pages.assertions import page_text
from tests.support.companies import Company


def two_cards() -> None:
    import streamlit as st

    from lib.errors import Conflict
    from lib.ui.empty_and_error_states import error_boundary

    with error_boundary("first"), st.container():
        raise ValueError("the database password is hunter2")
    with error_boundary("second"):
        raise Conflict("Someone else saved this.", hint="Look again.")

    @st.fragment
    @error_boundary("third")
    def third() -> None:
        if st.button("Break"):
            raise KeyError("hunter2")

    third()
    with error_boundary("fourth"):
        st.button("Stop", on_click=lambda: None)
        st.stop()
    raise AssertionError("st.stop() must end the script")


def test_an_unforeseen_error_shows_the_number_under_which_the_log_has_it(caplog: pytest.LogCaptureFixture) -> None:
    shown = AppTest.from_function(two_cards).run()
    (record,) = [record for record in caplog.records if record.name == empty_and_error_states.__name__]
    number, where = record.args or ()
    assert where == "first"
    assert f"give your admin the number {number}." in page_text(shown)
    assert record.exc_info
    assert "hunter2" in str(record.exc_info[1])
    caplog.clear()


def test_what_broke_is_not_shown_to_the_person(caplog: pytest.LogCaptureFixture) -> None:
    shown = AppTest.from_function(two_cards).run()
    assert "hunter2" not in page_text(shown)
    assert not shown.exception
    caplog.clear()


def test_the_rest_of_the_page_is_drawn_and_an_error_of_ours_says_its_own_sentence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = AppTest.from_function(two_cards).run()
    assert "Someone else saved this." in page_text(shown)
    assert [button.label for button in shown.button] == ["Break", "Stop"]
    caplog.clear()


def test_a_click_that_breaks_a_fragment_breaks_it_alone(caplog: pytest.LogCaptureFixture) -> None:
    shown = AppTest.from_function(two_cards).run()
    caplog.clear()
    shown.button[0].click().run()
    assert not shown.exception
    assert [record.args[1] for record in caplog.records if record.args] == ["first", "third"]
    caplog.clear()


def test_a_page_that_breaks_keeps_navigation_and_sign_out(
    company: Company,
    open_page: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("lib.services.build_services", breaks)
    shown = open_page(company.csm)
    assert "Something went wrong here." in page_text(shown)
    assert "Sign out" in " ".join(element.value for element in shown.sidebar.get("html"))
    caplog.clear()
