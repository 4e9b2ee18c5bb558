from pathlib import Path

import pytest

from lib.files import pdf_fonts
from lib.files.pdf_fonts import FONT_FOLDER, describe_characters, find_missing_characters, load_fonts


def test_the_shipped_font_draws_latin_greek_and_cyrillic() -> None:
    alphabet = "Ł ő ș ẞ ễ Ω ώ ᾳ Ж Ї ґ € ₴ £ – — “ ” „ • … № ½ \u0301"
    assert find_missing_characters([alphabet]) == ()
    assert load_fonts([alphabet]) is load_fonts([""])


def test_missing_characters_are_named_once_in_order() -> None:
    assert find_missing_characters(["a\u0378", "b\u0379\u0378\n\u200d\ufe0f "]) == ("\u0378", "\u0379")


def test_a_decomposed_letter_is_looked_up_composed() -> None:
    assert find_missing_characters(["Mu\u0308ller"]) == ()


def test_a_character_is_described_for_whoever_looks_for_it() -> None:
    assert describe_characters("🎉") == "🎉 (U+1F389 PARTY POPPER)"


def test_a_broken_font_draws_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert pdf_fonts._list_font_characters(str(tmp_path / "broken.ttf"), 0) == frozenset()
    assert pdf_fonts._list_font_characters(str(tmp_path / "gone.ttf"), 0) == frozenset()


def test_without_fonts_on_the_machine_other_scripts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_fonts, "_list_machine_fonts", lambda: ())
    assert find_missing_characters(["株 and Ł"]) == ("株",)


def test_both_weights_are_shipped_with_their_license() -> None:
    assert {path.name for path in FONT_FOLDER.iterdir()} == {"NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "OFL.txt"}


def test_a_script_that_is_not_shipped_is_drawn_with_a_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    machine_font = (str(FONT_FOLDER / "NotoSans-Regular.ttf"), 0)
    monkeypatch.setattr(pdf_fonts, "_list_shipped_characters", lambda: frozenset(map(ord, "abc")))
    monkeypatch.setattr(pdf_fonts, "_list_machine_fonts", lambda: (machine_font,))
    assert find_missing_characters(["abc Ж 株"]) == ("株",)
    assert load_fonts(["abc Ж"]) is not load_fonts(["abc"])
