"""An answer while it is collected: text, code and figures become blocks."""

from lib.chat.transcript import Transcript
from lib.content.model import Citation, CitationSource, ClaimKind, Code, Text

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


def test_a_number_of_a_source_counts_directly_behind_a_word_and_one_of_no_source_is_taken_out() -> None:
    at = Transcript()
    at.add_citation(CITED)
    at.add_text("Audit log[1], travel[7] and more [8]. `rows[9]`, [3](https://x.example) stay.")
    (block,) = at.to_blocks()
    assert isinstance(block, Text)
    assert block.markdown == "Audit log[1], travel and more. `rows[9]`, [3](https://x.example) stay."
    assert block.citations == (CITED,)
    assert [(claim.kind, claim.said) for claim in block.unknown_claims] == [
        (ClaimKind.SOURCE, "[7]"),
        (ClaimKind.SOURCE, "[8]"),
    ]
