from streamlit.testing.v1 import AppTest

from tests.pages.assertions import page_text


def test_a_broken_item_leaves_the_others_standing(caplog):
    def script():
        from typing import Any, cast

        from lib.ui.today.priorities import draw_priorities
        from tests.ui.today.dashboards import make_dashboard, make_priority

        items = tuple(
            make_priority(customer_id=name, customer_name=name, health_band=band)
            for name, band in (("Harbour", "green"), ("Kiln", "purple"), ("Pike", "red"))
        )
        draw_priorities(make_dashboard(priorities=items), cast(Any, None), show_owner=False)

    page = AppTest.from_function(script, default_timeout=20).run()
    seen = page_text(page)
    assert "Harbour" in seen
    assert "Pike" in seen
    assert "Something went wrong here." in seen
    assert [button.label for button in page.button] == ["Open", "Open"]
    caplog.clear()
