import unicodedata

import pytest

from lib.text.file_names import MAX_NAME_BYTES, build_filename


def test_a_file_name_keeps_letters_of_every_script_and_nothing_else() -> None:
    assert build_filename("quote", "Łukasz & 株式会社/../x", "csv") == "quote-Łukasz-株式会社-x.csv"
    assert build_filename("quote", "../..", "csv") == "quote-customer.csv"
    assert build_filename("quote", "a\x00b\u202e\r\nc:*?|<d>", "csv") == "quote-ab-c-d.csv"


@pytest.mark.parametrize("name", ["हिन्दी", "ไทยน้ำ", "தமிழ்", "محمّد", "क्\u200dष", "فار\u200cسی"])
def test_a_file_name_keeps_the_marks_of_its_letters(name: str) -> None:
    assert build_filename("quote", name, "pdf") == f"quote-{unicodedata.normalize('NFC', name)}.pdf"


def test_a_decomposed_name_is_the_composed_one() -> None:
    assert build_filename("quote", "Mu\u0308ller", "pdf") == "quote-Müller.pdf"


def test_a_mark_without_a_letter_is_left_out() -> None:
    assert build_filename("quote", "\u0301 \u0651x", "pdf") == "quote-x.pdf"


@pytest.mark.parametrize(
    "name", ["株" * 400, "नि" * 200, "x" + "नि" * 200, "क्\u200d" * 200, "e\u0323\u0302" * 200, "a" * 1000]
)
def test_a_file_name_is_bounded_in_bytes_and_cut_between_letters(name: str) -> None:
    stem = build_filename("conversation", name, "json").removeprefix("conversation-").removesuffix(".json")
    assert MAX_NAME_BYTES - 9 <= len(stem.encode()) <= MAX_NAME_BYTES
    whole = unicodedata.normalize("NFC", name)
    assert whole.startswith(stem)
    assert unicodedata.category(whole[len(stem)])[0] != "M"


@pytest.mark.parametrize("prefix", ["CON", "nul", "Com1", "lpt9"])
def test_a_file_is_not_called_like_a_device_of_windows(prefix: str) -> None:
    assert build_filename(prefix, "", "txt", default="") == f"{prefix}-file.txt"
    assert build_filename(prefix, "x", "txt") == f"{prefix}-x.txt"
