"""Every page writes money in the currency and locale of the company."""

import re

import pytest

from lib.ui.session_keys import chat_input_key
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_text
from tests.pages.factories import add_customer, add_usage
from tests.support.requests import record_requests

TODAY, RUN, PEOPLE, SETTINGS = "today/today.py", "workflows/run.py", "company/people.py", "company/settings.py"
MONEY_SLIDES = ("greeting", "review-account", "contract-terms", "pricing-strategy", "prepare-quote", "summary")
WRITTEN = {("EUR", "de_DE"): "47.250\u00a0€", ("JPY", "en_US"): "¥47,250", ("USD", "en_US"): "$47,250"}


@pytest.fixture(params=WRITTEN, ids=lambda params: params[0])
def regional(request):
    return request.param


@pytest.fixture
def run(sql, company, regional):
    made = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    add_usage(sql, company, made)
    sql.execute("update public.company_settings set currency = %s, locale = %s where company_id = %s",
                [*regional, company.id])  # fmt: skip
    return call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=made)["execution_id"]


def read_page(page) -> str:
    return page_text(page).replace("\\", "")


def find_foreign_money(text: str, regional) -> list[str]:
    """Amounts in dollars, where the company has another currency."""
    return [] if regional[0] == "USD" else re.findall(r"\$ ?\d[\d,.]*|\bUSD\b", text)


def test_today_and_people_write_the_book_in_the_company_s_currency(open_page, company, run, regional):
    for page in (TODAY, PEOPLE):
        text = read_page(open_page(company.csm if page == TODAY else company.manager, page))
        assert WRITTEN[regional] in text, page
        assert not find_foreign_money(text, regional), page


@pytest.mark.parametrize("slide", MONEY_SLIDES)
def test_slides_and_their_charts_write_it(open_page, company, run, regional, slide):
    page = open_page(company.csm, RUN, execution=run, slide=slide)
    text = read_page(page)
    drawn = str([chart.proto.spec for chart in page.get("plotly_chart")])
    fields = " ".join(str(field.help) for field in page.text_input)
    assert WRITTEN[regional] in text + drawn or slide in ("greeting", "summary")
    assert not find_foreign_money(text + fields, regional)


def test_the_built_in_assistant_writes_it(open_page, company, run, regional):
    page = open_page(company.csm, RUN, execution=run, slide="contract-terms")
    before = read_page(page).count(WRITTEN[regional])
    text = read_page(page.chat_input(key=chat_input_key("contract-terms")).set_value("What is the ARR?").run())
    assert text.count(WRITTEN[regional]) > before
    assert not find_foreign_money(text, regional)


def test_a_currency_an_admin_saves_is_the_one_of_the_next_page_without_a_further_request(open_page, company, sql):
    add_customer(sql, company, company.admin, "Acme", notice_in=20)
    page = open_page(company.admin, SETTINGS)
    next(each for each in page.selectbox if each.label == "Currency").set_value("EUR").run()
    next(each for each in page.selectbox if each.label.startswith("Money")).set_value("de_DE").run()
    next(each for each in page.button if each.label == "Save").click().run()
    assert page.session_state["auth.signed_in"].person.regional_format.currency == "EUR"
    with record_requests() as sent:
        page.run()
    assert sent == []


def test_a_person_s_own_locale_stands_before_the_company_s(open_page, company, sql):
    add_customer(sql, company, company.csm, "Acme", notice_in=20)
    call_rpc(company.csm, "save_locale", p_locale="de_DE")
    text = read_page(open_page(company.csm, TODAY))
    assert "47.250\u00a0$" in text
    assert "$47,250" in read_page(open_page(company.manager, PEOPLE))
