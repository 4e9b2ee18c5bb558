"""Faults in what completing a run changes in the book, and in who counts as at risk."""

from tests.mutants.model import make_mutants

MIGRATIONS = "supabase/migrations/"
CLOSING = MIGRATIONS + "20261101138400_closing.sql"
TESTS = "tests/database/test_close_run.py tests/database/test_closing_proposals.py tests/database/test_entered_arr.py"
RACES = "tests/database/test_closing_races.py"

MUTANTS = (
    *make_mutants(
        MIGRATIONS + "20261101100000_health_and_priority.sql",
        "tests/database/test_customers_at_risk.py",
        ("yellow is at risk", "select 'red'", "select 'yellow'"),
    ),
    *make_mutants(
        CLOSING,
        TESTS,
        ("a renewal changes terms today", "kind = 'change' and category <> 'renewal' and", "kind = 'change' and"),
        ("any first day", "<@ (proposed -> 'starts'), false)", "<@ (proposed -> 'starts'), true)"),
        ("fewer seats than agreed", "chosen.seats >= suggested.seats and", "chosen.seats >= 1 and"),
        (
            "a price that waits is a contract",
            "proposed ->> 'approval' = 'waiting'",
            "proposed ->> 'approval' = 'asked'",
        ),
        (
            "an ARR entered far below list is a contract",
            "if agreed.subject = 'amount' and approval <> 'not_needed' then",
            "if agreed.subject = 'amount' and approval is null then",
        ),
        (
            "undo without the whole history",
            "if found_rows <> (done.before ->> 'rows')::int then",
            "if found_rows > (done.before ->> 'rows')::int then",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101137600_customer_edits.sql",
        RACES,
        ("a term is added to terms nobody saw", "and k.updated_at > p_updated_at", "and k.updated_at is null"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101124000_undo.sql",
        "tests/database/test_undo_starts.py",
        ("a run with answers is taken back", "or run.revision > 1 or", "or"),
        ("a colleague's run is taken back", "t.kind = 'started' and t.actor_id = me.id", "t.kind = 'started'"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101094000_contracts.sql",
        RACES,
        ("closings do not wait for each other", "order by c.id for no key update", "order by c.id"),
    ),
)
