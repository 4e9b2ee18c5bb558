"""An answer while it is collected: text, code and figures become blocks."""

from lib.chat.transcript import Transcript
from lib.content.model import Citation, CitationSource, Code, Text

CITED = Citation(number=1, source=CitationSource.NOTE, id="n", label="Call", quote="So.")


def test_code_in_an_answer_becomes_a_block_of_its_own() -> None:
    told = Transcript()
    told.add_text("Before.\n\n```evil-language\nx = 1\n```\nAfter [1] and ")
    told.add_text("[2].")
    told.add_citation(CITED)
    blocks = told.to_blocks()
    assert [type(block) for block in blocks] == [Text, Code, Text]
    assert isinstance(blocks[1], Code)
    assert blocks[1].highlight_language == "text"
    assert isinstance(blocks[2], Text)
    assert blocks[2].citations == (CITED,)


def test_an_answer_without_a_word_is_an_empty_text_and_a_huge_one_is_parted() -> None:
    assert Transcript().to_blocks() == (Text(markdown=""),)
    told = Transcript()
    told.add_text("paragraph of words\n\n" * 7_000)
    assert len(told.to_blocks()) > 1
    told = Transcript()
    told.add_text("```\na\n```\n" * 300)
    assert 0 < len(told.to_blocks()) <= 100
