"""Mutants of prices beside those of authority: whose a price is, where an action comes from, the mark of a quote."""

from tests.mutants.model import make_mutants

MIGRATIONS = "supabase/migrations/"
APPROVALS = "tests/database/test_price_approvals.py"

MUTANTS = (
    *make_mutants(
        MIGRATIONS + "20261101104500_quotes.sql",
        APPROVALS,
        (
            "saving the same price again makes it one's own",
            "if private.scenario_figures(run.id) = before then",
            "if false then",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101104600_price_approvals.sql",
        APPROVALS,
        ("a run that has ended", "elsif run.ended_at is not null then", "elsif false then"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101094500_company_rules.sql",
        APPROVALS,
        ("a named person has no limit of their own", "where b.approver_id = person or", "where"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101122000_action_runs.sql",
        "tests/database/test_leader_approvals.py",
        ("an action of a call that waits", "or call.status <> 'running' or call.decided_by", "or call.decided_by"),
        ("an action of a call somebody else approved", "or call.decided_by is distinct from me.id", ""),
        ("another action than the call's", "->> 'action' is distinct from action.name", "->> 'action' is null"),
    ),
    *make_mutants(
        "lib/slides/stored_prices.py",
        "tests/slides/test_quote_document.py tests/slides/test_amounts.py",
        (
            "a denied price is an offer",
            "approval is not None and approval.status is not PriceApprovalStatus.APPROVED",
            "False",
        ),
        ("other figures are approved", "if stored is None or stored.figures != figures:", "if stored is None:"),
    ),
)
