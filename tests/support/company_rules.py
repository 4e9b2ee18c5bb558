"""The stock codes and approval bands, for tests without a database; tests/database/test_company_rules.py compares."""

from decimal import Decimal

from lib.customers.company_codes_and_limits import ApprovalBand, CompanyRules, OutcomeCode, SeverityCode, SkipReasonCode

ALL = ("renewal", "risk", "strategy", "expansion")
PLANNING = ("strategy", "expansion")


def _outcome(code: str, label: str, categories: tuple[str, ...], needs: str = "") -> OutcomeCode:
    return OutcomeCode(
        code=code, label=label, categories=categories, needs_amount="amount" in needs, needs_reason="reason" in needs
    )


STOCK_RULES = CompanyRules(
    outcome_codes=(
        _outcome("plan_agreed", "Plan agreed", PLANNING),
        _outcome("renewed", "Renewed", ("renewal",), "amount"),
        _outcome("expanded", "Expanded", ("renewal", *PLANNING), "amount"),
        _outcome("downgraded", "Renewed for less", ("renewal",), "amount, reason"),
        _outcome("churned", "Lost", ("renewal",), "reason"),
        _outcome("contact_secured", "New contact secured", ("risk",)),
        _outcome("risk_accepted", "Risk accepted", ("risk",), "reason"),
        _outcome("no_decision", "No decision", ALL, "reason"),
    ),
    severities=(
        SeverityCode(code="critical", label="Critical: answer within 1 day", response_days=1),
        SeverityCode(code="high", label="High: answer within 2 days", response_days=2),
        SeverityCode(code="medium", label="Medium: answer within 7 days", response_days=7),
        SeverityCode(code="low", label="Low: answer within 14 days", response_days=14),
    ),
    skip_reasons=(
        SkipReasonCode(code="not_relevant", label="Does not apply here", needs_words=False),
        SkipReasonCode(code="already_done", label="Already done elsewhere", needs_words=False),
        SkipReasonCode(code="no_data", label="No data for this", needs_words=False),
        SkipReasonCode(code="customer_asked", label="The customer asked us not to", needs_words=False),
        SkipReasonCode(code="duplicate", label="Duplicate of another run", needs_words=False),
        SkipReasonCode(code="other", label="Something else", needs_words=True),
    ),
    approval_bands=(
        ApprovalBand(approver="CSM", approver_role="csm", up_to_percent=Decimal(10), is_leader=False),
        ApprovalBand(approver="manager", approver_role="manager", up_to_percent=Decimal(20)),
        ApprovalBand(approver="admin", approver_role="admin", up_to_percent=Decimal(30)),
    ),
    own_discount_limit=Decimal(10),
)
