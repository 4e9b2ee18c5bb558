"""The rows of an import's undo that something stands against: all of them can be reached and chosen."""

from streamlit.testing.v1 import AppTest


def draw(count: int) -> None:
    import streamlit as st

    from lib.imports.import_overview import UndoCounts
    from lib.imports.model import ImportUndo, UndoRow
    from lib.ui.imports.import_undo import _draw_blocked_rows

    rows = tuple(
        UndoRow(
            id=f"row-{n}", table_name="customers", row_id=str(n), operation="remove", label=f"Customer {n}",
            problem="Changed since.",
        )
        for n in range(count)
    )  # fmt: skip
    undo = ImportUndo(id="undo", import_id="import", status="planned", revision=1, problems=rows)
    counts = UndoCounts(remove=count, restore=0, bring_back=0, problems=count)
    st.markdown(" ".join(_draw_blocked_rows(undo, counts, is_again=False)) or "none")


def test_rows_beyond_fifty_are_reached_and_those_chosen_before_stay_chosen():
    page = AppTest.from_function(draw, kwargs={"count": 120}).run()
    assert not page.exception
    assert len(page.checkbox) == 50
    page.checkbox[0].check().run()
    next(button for button in page.button if button.label == "Show 50 more").click().run()
    page.checkbox[99].check().run()
    assert page.markdown[-1].value == "row-0 row-99"
