"""The contract of a customer: the current term, and the next one once it is agreed."""

from lib.actions.model import ActionSource
from lib.customers.customer_page_data import ContractRow, CustomerPage
from lib.text.format import format_date, format_days, format_money, format_percent, format_yes_no
from lib.text.html import Html
from lib.ui.actions import buttons
from lib.ui.actions.action_target import ActionTarget
from lib.ui.customer.customer_figures import describe_price
from lib.ui.customer.customer_tables import describe_term
from lib.ui.customer.section_head import draw_section_head
from lib.ui.safe_text import draw_html, draw_row_with_buttons

_TITLES = {"current": "Current term", "next": "Next term"}


def draw_contract_terms(page: CustomerPage) -> None:
    """The current and the next term; past ones are behind the ARR."""
    draw_section_head("Contract", page, button="add_contract" if page.may_write_contracts else None)
    if not page.contracts:
        draw_html(Html('<p class="zen-small zen-muted">No contract on record.</p>'))
    for contract in page.contracts:
        state = describe_term(contract, page.contracts, page.account.today)
        if state in _TITLES:
            _draw_contract_term(contract, _TITLES[state], page)


def _draw_contract_term(contract: ContractRow, title: str, page: CustomerPage) -> None:
    html = build_contract_html(contract, title)
    if not page.may_write_contracts:
        draw_html(html)
        return
    customer = page.account.customer
    target = ActionTarget(customer_name=customer.name, customer_id=customer.id, row_id=contract.id)
    about = f"the term from {format_date(contract.starts_on)}"
    with draw_row_with_buttons(html, key=f"contract.{contract.id}"):
        buttons.draw_action_menu(
            ("edit_contract",),
            target,
            ActionSource.CUSTOMER,
            of=f"contract.{contract.id}",
            about=about,
        )


def build_contract_html(contract: ContractRow, title: str) -> Html:
    """The terms, a line each."""
    lines = (
        ("Term", f"{format_date(contract.starts_on)} – {format_date(contract.ends_on)}"),
        ("ARR", format_money(contract.arr)),
        ("Price", describe_price(contract)),
        ("Notice", f"{format_days(contract.notice_days)}, by {format_date(contract.notice_deadline)}"),
        ("Auto-renews", format_yes_no(contract.auto_renews)),
        ("Uplift cap", format_percent(contract.uplift_cap_percent) if contract.uplift_cap_percent is not None else ""),
        ("Modules", ", ".join(contract.modules)),
    )
    rows = Html("").join(
        Html('<tr><td class="zen-muted">{}</td><td>{}</td></tr>').format(*line) for line in lines if line[1]
    )
    return Html('<p class="zen-small zen-muted">{}</p><table><tbody>{}</tbody></table>').format(title, rows)
