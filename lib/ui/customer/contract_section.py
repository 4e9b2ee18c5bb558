"""The contract of a customer: the current term, and the next one once it is agreed."""

from lib.customers.customer_page import ContractRow, CustomerPage
from lib.text.format import format_date, format_days, format_money, format_percent, format_yes_no
from lib.text.html import Html
from lib.ui.customer.customer_figures import describe_price
from lib.ui.customer.customer_tables import describe_term
from lib.ui.safe_text import draw_html

_TITLES = {"current": "Current term", "next": "Next term"}


def draw_contracts(page: CustomerPage) -> None:
    """The current and the next term; past ones are behind the ARR."""
    draw_html(Html("<h4>Contract</h4>"))
    if not page.contracts:
        draw_html(Html('<p class="zen-small zen-muted">No contract on record.</p>'))
    for contract in page.contracts:
        state = describe_term(contract, page.contracts, page.account.today)
        if state in _TITLES:
            draw_html(build_contract_html(contract, _TITLES[state]))


def build_contract_html(contract: ContractRow, title: str) -> Html:
    """The terms, a line each."""
    lines = (
        ("Term", f"{format_date(contract.starts_on)} – {format_date(contract.ends_on)}"),
        ("ARR", f"{format_money(contract.arr)}: {describe_price(contract)}"),
        ("Notice", f"{format_days(contract.notice_days)}, by {format_date(contract.notice_deadline)}"),
        ("Auto-renews", format_yes_no(contract.auto_renews)),
        ("Uplift cap", format_percent(contract.uplift_cap_percent) if contract.uplift_cap_percent is not None else ""),
        ("Modules", ", ".join(contract.modules)),
    )
    rows = Html("").join(Html("<tr><td>{}</td><td>{}</td></tr>").format(*line) for line in lines if line[1])
    return Html('<p class="zen-small zen-muted">{}</p><table><tbody>{}</tbody></table>').format(title, rows)
