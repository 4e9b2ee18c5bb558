from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.app_context import get_app_context
from lib.ui.page_menu import build_inbox_label
from lib.ui.session_keys import COOKIE_KEY, DATA_VERSION, SIGNED_IN_KEY
from tests.database.factories import Sql, insert_row
from tests.support.companies import Company
from tests.support.pages import ROUTER
from tests.support.requests import record_requests

OpenPage = Callable[..., AppTest]


def sidebar_html(shown: AppTest) -> str:
    return " ".join(element.value for element in shown.sidebar.get("html"))


def test_sidebar_names_the_signed_in_person_and_sign_out_is_a_form(company: Company, open_page: OpenPage) -> None:
    shown = open_page(company.manager)
    assert not shown.exception
    said = sidebar_html(shown)
    assert "Mara Lindqvist" in said
    assert "Manager, Northwind Analytics" in said
    assert '<form class="person zen-density-calm" method="post" action="/auth/sign-out">' in said


def test_sidebar_names_the_time_zone_if_it_differs_from_the_browser(
    company: Company, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Times are in UTC" in sidebar_html(open_page(company.csm))
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: "America/Chicago"))
    assert "Times are in" not in sidebar_html(open_page(company.csm))


def test_names_are_escaped(new_company: Callable[..., Company], open_page: OpenPage) -> None:
    company = new_company("<img src=x onerror=alert(1)>")
    assert "<img" not in sidebar_html(open_page(company.csm))


def test_signed_out_only_the_sign_in_link_is_shown(open_page: OpenPage) -> None:
    shown = open_page()
    assert not shown.exception
    assert [header.value for header in shown.header] == ["You are not signed in."]
    assert not sidebar_html(shown)


def test_a_page_before_the_embedded_supabase_is_up_says_so(
    stack: object, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY"):
        monkeypatch.delenv(name)
    get_app_context.cache_clear()
    try:
        cookie_holder = AppTest.from_file(str(ROUTER), default_timeout=20)
        cookie_holder.session_state[COOKIE_KEY] = "a" * 43
        assert [header.value for header in cookie_holder.run().header] == ["Zen is starting."]
    finally:
        get_app_context.cache_clear()


def menu_label_of_inbox(shown: AppTest) -> str:
    """AppTest draws no menu: the label is built from the person whom the gate has read."""
    return build_inbox_label(shown.session_state[SIGNED_IN_KEY].person.inbox_count)


def test_the_menu_counts_what_waits_in_the_inbox_at_no_request_of_its_own(
    company: Company, open_page: OpenPage, sql: Sql
) -> None:
    assert menu_label_of_inbox(open_page(company.csm)) == "Inbox"
    waiting = {"company_id": company.id, "person_id": company.csm.id, "body": "Look."}
    for _ in range(2):
        insert_row(sql, "notices", **waiting)
    with record_requests() as sent:
        shown = open_page(company.csm)
    assert menu_label_of_inbox(shown) == "Inbox :gray-badge[2]"
    assert sum("read_browser_session" in request for request in sent) == 1
    assert not [request for request in sent if request.endswith("/inbox")]


def test_the_count_beside_inbox_follows_what_one_does(company: Company, open_page: OpenPage, sql: Sql) -> None:
    notices = [
        insert_row(sql, "notices", company_id=company.id, person_id=company.csm.id, body="Look.") for _ in range(2)
    ]
    shown = open_page(company.csm)
    assert menu_label_of_inbox(shown) == "Inbox :gray-badge[2]"
    sql.execute("update public.notices set read_at = now() where id = %s", [notices[0]])
    shown.run()
    assert menu_label_of_inbox(shown) == "Inbox :gray-badge[2]"
    shown.session_state[DATA_VERSION].increment()
    shown.run()
    assert menu_label_of_inbox(shown) == "Inbox :gray-badge[1]"
    with record_requests() as sent:
        shown.run()
    assert sent == []
