from dataclasses import replace

from lib.content.model import Tone
from lib.ui.customer.customer_figures import CustomerFigure, format_figure_value

FIGURE = CustomerFigure(label="Health", value="42 · at risk", note="", tone=Tone.BAD, list_rows=lambda page: ())


def test_a_figure_stands_out_in_its_colour() -> None:
    assert format_figure_value(FIGURE) == ":red[**42 · at risk**]"
    assert format_figure_value(replace(FIGURE, tone=Tone.NEUTRAL)) == "**42 · at risk**"


def test_what_is_missing_is_said_quietly() -> None:
    assert format_figure_value(replace(FIGURE, value=None)) == "no data"
    assert format_figure_value(replace(FIGURE, value=None, missing="no score yet")) == "no score yet"
