from lib.customers.model import SEGMENT_LABELS
from tests.support.pages import REPOSITORY


def test_the_names_of_segments_stand_in_one_place():
    texts = {path: path.read_text(encoding="utf-8") for path in (REPOSITORY / "lib").rglob("*.py")}
    for label in (*SEGMENT_LABELS.values(), "Small business"):
        holding = [path.relative_to(REPOSITORY).as_posix() for path, text in texts.items() if f': "{label}"' in text]
        assert holding == ["lib/customers/model.py"] * (label in SEGMENT_LABELS.values()), label
