from streamlit.testing.v1 import AppTest

from tests.pages.assertions import page_text


def test_a_broken_row_leaves_the_others_standing(caplog):
    def script():
        from dataclasses import fields
        from datetime import UTC, datetime
        from typing import Any, cast

        from lib.executions.inbox import Inbox, InboxCounts
        from lib.executions.inbox_entries import Notice
        from lib.ui.inbox.inbox_filters import InboxView
        from lib.ui.inbox.inbox_sections import draw_inbox_section

        def make_notice(number: int, created_at: Any) -> Notice:
            return Notice(
                id=str(number), body=f"Notice {number}", created_at=created_at, customer_id=None, customer_name="Acme",
                execution_id=None, from_name=None,
            )  # fmt: skip

        class Person:
            id, full_name, time_zone = "me", "Alice Moreau", "UTC"

        now = datetime(2027, 2, 1, tzinfo=UTC)
        counts = {field.name: 0 for field in fields(InboxCounts)} | {"notices": 3}
        empty: dict[str, Any] = {field.name: () for field in fields(Inbox)}
        notices = (make_notice(1, now), make_notice(2, None), make_notice(3, now))
        inbox = Inbox(**empty | {"counts": InboxCounts(**counts), "notices": notices, "first": 0})
        draw_inbox_section(inbox, InboxView(), cast(Any, Person()))

    page = AppTest.from_function(script, default_timeout=20).run()
    seen = page_text(page)
    assert "Notice 1" in seen
    assert "Notice 3" in seen
    assert "Something went wrong here." in seen
    assert len(page.button) == 2
    caplog.clear()
