import pytest

from lib.chat.markdown_sanitizer import sanitize_markdown
from lib.text.html import clean_html, markdown_to_html, markdown_to_text
from lib.ui.chat.block_view import split_markdown_parts

CALL = '<tool_call>\n{"name": "save_answer",\n\n "arguments": {"value": "**b**"}}\n</tool_call>'


def shown_html(source: str) -> str:
    return clean_html(markdown_to_html(source))


def test_a_line_break_tag_in_a_cell_is_a_line_break() -> None:
    source = "| a | b<br/>c |\n|---|---|\n| one<br>two <BR /> three | x |"
    shown = shown_html(source)
    assert "<td>one<br>\ntwo <br>\n three</td>" in shown
    assert "<th>b<br>\nc</th>" in shown
    assert "&lt;br" not in shown.lower()
    assert "one / two / three" in sanitize_markdown(source)


@pytest.mark.parametrize("cell", ["x \\<br> y", "`<br>`", "<brx>", "<b>x</b>", '<br onload="x">', "<img src=x>"])
def test_any_other_markup_in_a_cell_stays_text(cell: str) -> None:
    shown = shown_html(f"| a |\n|---|\n| {cell} |")
    assert "&lt;" in shown
    assert "<br>" not in shown


def test_a_line_break_tag_outside_of_a_table_stays_text() -> None:
    assert "one&lt;br&gt;two" in shown_html("one<br>two")


@pytest.mark.parametrize(
    "call",
    [
        CALL,
        CALL.replace("tool_call", "function_call"),
        '<function=save_answer>\n{"a": "**b**"}\n</function>',
        '<|tool_call|>{"a": "**b**"}',
        '[TOOL_CALLS] [{"a": "**b**"}]',
    ],
)
def test_a_tool_call_written_as_text_is_one_block_of_code(call: str) -> None:
    source = f"Let me save it.\n{call}\n\nDone, **really**."
    shown = shown_html(source)
    code = shown[shown.index("<pre>") : shown.index("</pre>")]
    assert "**b**" in code
    assert "<p>Let me save it.</p>" in shown
    assert "Done, <strong>really</strong>." in shown
    assert split_markdown_parts(source) == ("Let me save it.", call, "Done, **really**.")
    assert call in sanitize_markdown(source)
    assert "Done, really." in markdown_to_text(source)


def test_a_tool_call_within_a_sentence_is_code_in_it() -> None:
    shown = shown_html('Now <tool_call>{"a": "**b**"}</tool_call> and **on**.')
    assert "<code>&lt;tool_call&gt;{" in shown
    assert "**b**" in shown
    assert "and <strong>on</strong>." in shown


def test_a_tool_call_that_is_still_written_is_code_already() -> None:
    assert "<pre><code>&lt;tool_call&gt;\n{" in shown_html('<tool_call>\n{"na')


def test_code_that_mentions_a_tool_call_is_left_as_it_is() -> None:
    assert shown_html("```\n<tool_call>\n```\n\nx").count("<pre>") == 1
    assert "<code>&lt;tool_call&gt;</code> y" in shown_html("`<tool_call>` y")
    assert "&lt;tool_caller&gt;" in shown_html("a <tool_caller> **b**")
    assert "<code>" not in shown_html("a \\<tool_call> **b**")
