"""The unfinished text of an answer on screen."""

from streamlit.testing.v1 import AppTest

from tests.pages.assertions import page_html


def draw_and_withdraw() -> None:
    import streamlit as st

    from lib.ui.chat.answer_stream import StreamedText

    st.markdown("Before.")
    text = StreamedText()
    kept, thought = "First I look.\n\nThen this.", "\n\nA plan.\n\nA second\n\n- part"
    for piece in (kept, thought[:12], thought[12:]):
        text.add_text(piece)
        text.redraw()
    text.withdraw_text(len(thought))
    text.add_text("\n\nUsage fell.")
    text.redraw()


def test_withdrawn_text_leaves_the_screen_and_the_text_before_it_stays() -> None:
    page = AppTest.from_function(draw_and_withdraw, default_timeout=30).run()
    assert not page.exception
    drawn = "".join(element.value for element in page_html(page))
    assert [
        text for text in ("First I look.", "Then this.", "plan", "second", "part", "Usage fell.") if text in drawn
    ] == [
        "First I look.",
        "Then this.",
        "Usage fell.",
    ]
