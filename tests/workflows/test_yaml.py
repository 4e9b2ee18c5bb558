import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.workflows import yaml_reader
from lib.workflows.yaml_reader import read_plain_yaml
from lib.workflows.yaml_writer import write_plain_yaml

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t\r:#-!&*'\" |>"), max_size=30)
ODD_WORDS = st.sampled_from(
    ("no", "yes", "null", "~", "1e3", "0x1f", "1:30", "2026-11-30", "=", "<<", "- a", "1_0", "")
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.sampled_from((0.5, -1.25, 1e-9))
    | TEXTS
    | ODD_WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | ODD_WORDS, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"], scope="module")
def parser(request):
    """Both parsers of PyYAML read alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_reader, "PARSER", getattr(yaml, request.param))
        yield


def refuse(text):
    with pytest.raises(InvalidInput) as caught:
        read_plain_yaml(text)
    return caught.value.message


@settings(max_examples=150)
@given(VALUES)
def test_what_is_written_reads_as_the_same_value(value):
    assert read_plain_yaml(write_plain_yaml(value)).value == value


def test_texts_of_several_lines_are_written_as_they_read():
    assert write_plain_yaml({"lead": "One.\n\nTwo.", "list": ["a"]}) == "lead: |-\n  One.\n\n  Two.\nlist:\n  - a\n"


def test_words_that_other_readers_take_for_values_stay_texts():
    assert read_plain_yaml("- no\n- 1e3\n- 2026-11-30\n- 010\n- true\n- 12").value == [
        "no", "1e3", "2026-11-30", "010", True, 12,
    ]  # fmt: skip


def test_every_value_has_its_line():
    lines = read_plain_yaml("a: 1\nlist:\n  - x\n  - b: 2\n").lines
    assert (lines["a",], lines["list",], lines["list", 1, "b"]) == (1, 2, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\nb: *x", "Line 1: anchors and aliases (& and *) are not read. Write the value out."),
        ("b: *x", "Line 1: anchors and aliases"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']", "Line 2: tags (!) are not read."),
        ("a: !custom x", "Line 1: tags (!) are not read."),
        ("a: !!str 1", "Line 1: tags (!) are not read."),
        ("a: 1\na: 2", "Line 2: “a” stands twice."),
        ("a: 1\n---\nb: 2", "Line 2: a second document begins here"),
        ("? [a, b]\n: 1", "Line 1: a key is a plain word."),
        ("a: [1, 2", "this cannot be read as YAML"),
        ("a: b: c", "Line 1: this cannot be read as YAML"),
        ("a: \x07", "The file has characters that a text cannot have."),
        ("[" * 30 + "]" * 30, "Line 1: values are nested more than 20 deep."),
        ("[" * 100_000, "nest"),
        ("- 1\n" * 60_000, "Line 50000: the file has more than 50,000 values."),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text, message):
    assert message in refuse(text)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor_in_no_time():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    started = time.perf_counter()
    assert refuse("\n".join(lines)).startswith("Line 1: anchors and aliases")
    assert time.perf_counter() - started < 0.5
