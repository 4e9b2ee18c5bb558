import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from lib.content.model import Callout
from lib.customers.model import Account
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Document, SlideId, SlideInput, StepRevision
from lib.slides.quote_document import build_quote_document, build_quote_number
from lib.slides.quote_totals import TERM_KEYS, compute_quote
from lib.slides.stored_prices import (
    PriceApproval,
    PriceApprovalStatus,
    RunPrices,
    StoredPrice,
    describe_price_status,
)
from lib.text.regional_format import DEFAULT_FORMAT, RegionalFormat, use_regional_format
from tests.slides.slide_inputs import default_answers, make_slide_input
from tests.support.sample_accounts import drop_cjk, full_account, nasty_account

SLIDE = LIBRARY[SlideId.PREPARE_QUOTE]
RUN_ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
LINES = [
    {"item": "Subscription", "seats": 600, "price": 490.0, "discount": 7.5},
    {"item": "Аналитика, Ανάλυση", "seats": 7, "price": 35.55, "discount": 0},
    {"item": "Audit log", "seats": 3, "price": 0.333, "discount": 2.25},
]


def make_input(*, account: Account | None = None, revision: int = 3) -> SlideInput:
    return replace(
        make_slide_input(SLIDE, account or full_account()),
        person_name="Zoë Okafor",
        person_email="zoe@northwind.example",
        run_id=RUN_ID,
        revisions={SLIDE.id: StepRevision(number=revision, saved_on=date(2026, 11, 22))},
    )


def make_files(answers: dict[str, Any], slide_input: SlideInput | None = None) -> dict[str, Document]:
    """Documents by the ending of their names."""
    given = slide_input or make_input()
    made = slide_builder.build_slide_documents(SLIDE, given, default_answers(SLIDE, given) | answers)
    return {each.filename.rpartition(".")[2]: each for each in made if isinstance(each, Document)}


def read_pdf(document: Document) -> str:
    pages = PdfReader(io.BytesIO(document.build())).pages
    return "\n".join(page.extract_text() for page in pages)


def read_xlsx(document: Document) -> list[list[Any]]:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(document.build())).worksheets
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def list_callouts(answers: dict[str, Any]) -> list[str]:
    given = make_input()
    results = slide_builder.build_slide_results(SLIDE, given, default_answers(SLIDE, given) | answers)
    return [section.text for section in results if isinstance(section, Callout)]


def test_the_pdf_says_all_a_quote_has_to_say() -> None:
    remarks = "Payment within 30 days.\n#strong[as typed] *too* $x^2$ <b> \\ @ref"
    text = read_pdf(make_files({"lines": LINES, "remarks": remarks, "term_months": 36, "contact": "k-2"})["pdf"])
    for part in (
        build_quote_number(RUN_ID),
        "Revision 4",
        "Northwind Software",
        "Zoë Okafor",
        "zoe@northwind.example",
        "Obsidian Black",
        "Aiko Tanaka",
        "22 Nov 2026",
        "36 months",
        "USD",
        "Аналитика, Ανάλυση",
        "$490.00",
        "$0.333",
        "7.5%",
        "2.25%",
        "Payment within 30 days.",
        "#strong[as typed] *too* $x^2$ <b> \\ @ref",
        "Page 1 of 1",
    ):
        assert part in text, part


def test_totals_agree_to_the_cent_in_both_files() -> None:
    # 600 × 490 × 0.925 = 271,950.00; 7 × 35.55 = 248.85; 3 × 0.333 × 0.9775 = 0.98 (list 1.00)
    files = make_files({"lines": LINES, "term_months": 18})
    text = read_pdf(files["pdf"])
    for amount in ("$271,950.00", "$248.85", "$0.98", "$294,249.85", "-$22,050.02", "$272,199.83", "$408,299.75"):
        assert amount in text, amount
    rows = {row[0]: row[-1] for row in read_xlsx(files["xlsx"])}
    assert Decimal(str(rows["Total at list price"])) == Decimal("294249.85")
    assert Decimal(str(rows["Total per year"])) == Decimal("272199.83")
    assert Decimal(str(rows["Total over 18 months"])) == Decimal("408299.75")
    lines = [rows["Subscription"], rows["Аналитика, Ανάλυση"], rows["Audit log"]]
    assert sum(Decimal(str(amount)) for amount in lines) == Decimal("272199.83")


def test_spreadsheet_holds_numbers_as_numbers_and_texts_as_texts() -> None:
    lines = [{"item": "=cmd()", "seats": 1, "price": 2.0, "discount": 5}]
    rows = read_xlsx(make_files({"lines": lines, "remarks": "=1+1\n@x"})["xlsx"])
    assert ["=cmd()", 1, 2, 2, 5, 1.9] in rows
    assert ["Remarks", "=1+1\n@x", None, None, None, None] in rows
    book = openpyxl.load_workbook(io.BytesIO(make_files({"lines": lines})["xlsx"].build()))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


def test_the_number_stays_and_the_revision_grows() -> None:
    first, later = (read_pdf(make_files({"lines": LINES}, make_input(revision=number))["pdf"]) for number in (0, 7))
    number = build_quote_number(RUN_ID)
    assert re.fullmatch(r"Q-[2-9B-Z]{4}-[2-9B-Z]{4}", number)
    assert build_quote_number("another run") != number
    assert f"{number}, revision 1" in first
    assert f"{number}, revision 8" in later


def test_before_the_run_there_is_no_number_and_no_file() -> None:
    peek = replace(make_input(), run_id="")
    results = slide_builder.build_slide_results(SLIDE, peek, {"lines": LINES})
    assert [section.text for section in results if isinstance(section, Callout)] == [
        "Start the run to download the quote: it gives the quote its number."
    ]
    assert make_files({"lines": LINES}, peek) == {}


@pytest.mark.parametrize(("discount", "is_draft"), [(10, False), (10.5, True), (45, True)])
def test_a_discount_above_the_csms_limit_makes_a_draft(discount: float, is_draft: bool) -> None:
    lines = [{"item": "Subscription", "seats": 10, "price": 490.0, "discount": discount}]
    files = make_files({"lines": lines})
    assert ("DRAFT" in read_pdf(files["pdf"])) is is_draft
    assert ("Draft, awaiting approval." in read_pdf(files["pdf"])) is is_draft
    assert ("Accepted for" in read_pdf(files["pdf"])) is not is_draft
    assert all(each.filename.startswith("quote-draft-") is is_draft for each in files.values())
    assert any(row[0] == "Status" for row in read_xlsx(files["xlsx"])) is is_draft


def test_a_long_quote_repeats_its_head_and_numbers_its_pages() -> None:
    lines = [{"item": f"Item {number}", "seats": 1, "price": 10.0, "discount": 0} for number in range(90)]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(make_files({"lines": lines})["pdf"].build())).pages]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("List price per seat" in page for page in pages[:2])
    assert "$900.00" in pages[-1]


def test_a_character_without_a_font_is_named_and_there_is_no_pdf() -> None:
    answers = {"lines": LINES, "remarks": "Party \u0378"}
    assert any("U+0378" in text for text in list_callouts(answers))
    assert set(make_files(answers)) == {"xlsx"}


def test_a_line_without_a_price_is_named_and_blocks_the_files() -> None:
    answers = {"lines": [*LINES, {"item": "Later", "seats": 5}]}
    assert any(text.startswith("1 line without seats or price.") for text in list_callouts(answers))
    assert make_files(answers) == {}


def test_a_quote_that_has_run_out_is_named() -> None:
    assert "“Valid until” is in the past." in list_callouts({"lines": LINES, "valid_until": "2026-11-01"})


def test_a_hostile_account_gets_a_quote_that_reads_as_it_is() -> None:
    files = make_files({"lines": LINES, "contact": None}, make_input(account=drop_cjk(nasty_account())))
    text = "".join(read_pdf(files["pdf"]).replace("\u200b", "").split())
    assert "<b>Zoë</b>" in text
    assert "{%if%}" in text


def store_quote(
    slide_input: SlideInput, lines: list[dict[str, Any]], terms: dict[str, Any] | None = None, **approval: Any
) -> SlideInput:
    """The input of a run whose quote of these lines is stored, with an approval where one is given."""
    quote = compute_quote({"lines": lines}, slide_input.account)
    stored_lines = [
        {
            "item": line.item,
            "seats": line.seats,
            "price": line.price,
            "discount_percent": line.discount,
            "list_price": line.list_price,
        }
        for line in quote.lines
    ]
    typed = default_answers(SLIDE, slide_input) | (terms or {})
    figures = {"lines": stored_lines, "terms": {key: typed[key] for key in TERM_KEYS if typed.get(key)}}
    asked = {"id": "a-1", "off_list_percent": quote.off_list_percent, "approver": "manager", "requested_by_name": "Zoë"}
    found = PriceApproval(**(asked | approval)) if approval else None
    stored = StoredPrice(figures=figures, off_list_percent=quote.off_list_percent, approval=found)
    return replace(slide_input, prices=RunPrices(quote=stored))


DEEP = [{"item": "Subscription", "seats": 600, "price": 490.0, "discount": 15}]
DECIDED = {"decided_by_name": "Carol Adeyemi", "decided_on": date(2026, 11, 28)}


@pytest.mark.parametrize(
    ("approval", "title", "filename"),
    [
        ({"status": "waiting"}, "Draft, awaiting approval.", "quote-draft-"),
        ({"status": "denied", "reason": "Not this year.", **DECIDED}, "Draft, not approved.", "quote-draft-"),
        ({"status": "approved", **DECIDED}, "", "quote-"),
    ],
)
def test_the_mark_of_a_quote_follows_its_approval(approval: dict[str, Any], title: str, filename: str) -> None:
    given = store_quote(make_input(), DEEP, **approval | {"status": PriceApprovalStatus(approval["status"])})
    files = make_files({"lines": DEEP}, given)
    text, rows = read_pdf(files["pdf"]), read_xlsx(files["xlsx"])
    assert ("DRAFT" in text) is bool(title)
    assert title in text
    assert ("Carol Adeyemi, 28 Nov 2026" in text) is not bool(title)
    assert (["Approved by", "Carol Adeyemi, 28 Nov 2026"] in [row[:2] for row in rows]) is not bool(title)
    assert any(row[0] == "Status" and row[1].startswith(title) for row in rows) is bool(title)
    assert files["pdf"].filename.startswith(filename)


def test_other_figures_than_those_approved_are_a_draft_again() -> None:
    given = store_quote(make_input(), DEEP, status=PriceApprovalStatus.APPROVED, **DECIDED)
    for changes in ({"discount": 16}, {"seats": 50}, {"price": 480.0}):
        assert "DRAFT" in read_pdf(make_files({"lines": [DEEP[0] | changes]}, given)["pdf"])


def test_other_terms_than_those_approved_are_a_draft_again() -> None:
    terms = {"term_months": 12, "remarks": "Net 30."}
    given = store_quote(make_input(), DEEP, terms, status=PriceApprovalStatus.APPROVED, **DECIDED)
    assert "DRAFT" not in read_pdf(make_files({"lines": DEEP} | terms, given)["pdf"])
    for changes in ({"term_months": 36}, {"remarks": "Two months free."}, {"valid_until": "2027-12-31"}):
        assert "DRAFT" in read_pdf(make_files({"lines": DEEP} | terms | changes, given)["pdf"]), changes


def test_a_line_without_seats_counts_for_the_approval() -> None:
    lines = [DEEP[0] | {"discount": 0}, {"item": "Subscription", "seats": None, "price": 100.0, "discount": 0}]
    document = build_quote_document(make_input(), {"lines": lines})
    assert (document.is_draft, document.status.off_list_percent) == (True, Decimal("79.59"))


def test_a_price_without_a_list_price_is_a_draft_until_a_leader_agrees() -> None:
    account = replace(full_account(), contract=None, price_list=())
    document = build_quote_document(replace(make_input(), account=account), {"lines": [DEEP[0] | {"discount": 0}]})
    assert (document.is_draft, document.status.approver) == (True, "manager")
    assert describe_price_status(document.status) == (
        "There is no list price to compare it with — needs your manager's approval"
    )
    led = replace(account, rules=replace(account.rules, is_leader=True))
    document = build_quote_document(replace(make_input(), account=led), {"lines": [DEEP[0] | {"discount": 0}]})
    assert not document.is_draft


def test_a_stored_price_nobody_had_to_be_asked_for_is_an_offer() -> None:
    """A manager set it, within their own limit; the CSM who prints it has a lower one."""
    assert "DRAFT" not in read_pdf(make_files({"lines": DEEP}, store_quote(make_input(), DEEP))["pdf"])


def test_a_line_below_the_list_price_makes_a_draft_without_any_discount() -> None:
    for price, is_draft in ((490.0, False), (441.0, False), (440.0, True), (0.0, True)):
        lines = [{"item": "Subscription", "seats": 10, "price": price, "discount": 0}]
        assert ("DRAFT" in read_pdf(make_files({"lines": lines})["pdf"])) is is_draft


@pytest.fixture
def use_format():
    yield lambda *parts: use_regional_format(RegionalFormat(*parts))
    use_regional_format(DEFAULT_FORMAT)


def test_a_quote_in_euros_says_so_in_both_files(use_format) -> None:
    use_format("EUR", "de_DE")
    files = make_files({"lines": LINES, "term_months": 18})
    use_format("USD", "en_US")  # a download is built in another thread
    text = read_pdf(files["pdf"]).replace("\u00a0", " ")
    for part in ("271.950,00 €", "-22.050,02 €", "272.199,83 €", "7,5%", "All amounts in EUR"):
        assert part in text, part
    assert not re.search(r"\$|USD", text.replace("$x^2$", ""))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(files["xlsx"].build())).worksheets
    formats = {cell.number_format for row in sheet.iter_rows() for cell in row if "€" in cell.number_format}
    assert formats == {'#,##0.00 "€"'}
    assert {row[0]: row[-1] for row in read_xlsx(files["xlsx"])}["Total per year"] is not None
    assert "EUR" in str(read_xlsx(files["xlsx"]))
    assert "USD" not in str(read_xlsx(files["xlsx"]))


def test_a_quote_in_yen_has_no_decimals_and_its_lines_add_up(use_format) -> None:
    use_format("JPY", "en_US")
    line = {"item": "Subscription", "seats": 3, "price": 1235, "discount": 10}
    given = make_input()
    quote = compute_quote({"lines": [line, line]}, given.account)
    assert [each.total for each in quote.lines] == [Decimal(3335), Decimal(3335)]  # 3,334.5 each
    assert quote.total == 6670
    assert "¥6,670" in read_pdf(make_files({"lines": [line, line]})["pdf"])
