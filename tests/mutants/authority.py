"""Mutants of who may do what: prices and their approval, authorship, signatures, limits of attempts."""

from tests.mutants.model import make_mutants

MIGRATIONS = "supabase/migrations/"
PRICES = "tests/database/test_price_approvals.py tests/database/test_price_computation.py"

MUTANTS = (
    *make_mutants(
        MIGRATIONS + "20261101104500_quotes.sql",
        PRICES,
        (
            "the uplift does not count",
            "private.bound_percent(100 - (100 + uplift_percent) * (100 - discount_percent) / 100)",
            "private.bound_percent(discount_percent)",
        ),
        (
            "a lower price is no discount",
            "100 - case when seats < 0 then -price else price end * (100 - discount_percent) / list_price",
            "discount_percent",
        ),
        (
            "two negatives are a credit",
            "(seats < 0 or price < 0) and round(seats * price * (1 - discount / 100), 2) <= 0",
            "seats < 0 or price < 0",
        ),
        ("credits do not count", "case when s.credits < 0 then coalesce", "case when s.credits < -1e50 then coalesce"),
        (
            "a line above list makes room for a credit",
            "sum(greatest(l.list_total, l.total)) filter (where not l.is_credit) as worth",
            "sum(l.list_total) filter (where not l.is_credit) as worth",
        ),
        (
            "the least discount of all lines",
            "max(l.off_list_percent) as furthest",
            "min(l.off_list_percent) as furthest",
        ),
        ("a blank discount is none", "(r.cells -> 'discount'), k.discount_percent, 0)", "(r.cells -> 'discount'), 0)"),
        (
            "a choice spelt otherwise is none",
            "order by c.name = chosen desc, case when c.name <> chosen then c.off_list_percent end desc nulls first,",
            "order by c.name = chosen desc, case when c.name <> chosen then c.off_list_percent end asc nulls first,",
        ),
        (
            "the price list is not looked at",
            "coalesce(private.find_module_price(run.company_id, r.item), nullif(k.annual_price_per_seat, 0))",
            "nullif(k.annual_price_per_seat, 0)",
        ),
        (
            "saving the same price again makes it one's own",
            "if private.scenario_figures(run.id) = before then",
            "if false then",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101104600_price_approvals.sql",
        PRICES,
        (
            "one approves one's own price",
            "approval.requested_by <> me.id and approval.company_id",
            "approval.company_id",
        ),
        (
            "the function lets one approve one's own",
            "  elsif asked.requested_by = me.id then\n",
            "  elsif false then\n",
        ),
        ("at the limit it is above", "coalesce(off_list_percent > private", "coalesce(off_list_percent >= private"),
        ("a manager decides above the band", "me.role = 'admin'\n", "me.role <> 'csm'\n"),
        ("no record of who agreed", "p_approve and asked.off_list_percent > own_limit;", "false;"),
        (
            "an approval outlives its figures",
            "        and a.figures is distinct from price.figures;",
            "        and false;",
        ),
        ("changed figures are approved", "  elsif asked.superseded_at is not null then\n", "  elsif false then\n"),
        ("decided twice", "  elsif asked.status <> 'waiting' then\n", "  elsif false then\n"),
        ("denied without a reason", "else private.text_error(p_reason, 2000, 'Say why.') end);", "else '{}' end);"),
        ("agreed tomorrow", "agreed_on between '1900-01-01' and private.today()", "agreed_on > '1900-01-01'"),
        (
            "me agreed",
            "private.plain_words(agreed_by) in ('me', 'myself', 'i', 'self', 'i myself', 'me myself')",
            "false",
        ),
        ("whoever records it agreed", "p.id in (asked.requested_by, me)\n", "p.id = asked.requested_by\n"),
        (
            "any quote of an approved scenario",
            "and a.total = round(q.total) and a.off_list_percent >= q.off_list_percent - 0.01",
            "",
        ),
        ("a run that has ended", "elsif run.ended_at is not null then", "elsif false then"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101094500_company_rules.sql",
        PRICES + " tests/database/test_company_rules.py",
        (
            "the bands of higher roles",
            "private.role_rank(b.approver_role) <= private.role_rank(role)",
            "private.role_rank(b.approver_role) >= private.role_rank(role)",
        ),
        ("a named person has no limit of their own", "where b.approver_id = person or", "where"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101095000_customer_activity.sql",
        "tests/security/test_attacks.py tests/security/test_rls_matrix.py",
        (
            "notes in another's name",
            "private.can_write_customer(customer_id)\n  and author_id = (select auth.uid())\n);",
            "private.can_write_customer(customer_id)\n);",
        ),
        (
            "notes of others are changed",
            'create policy "authors change their notes" on public.notes\nfor update to authenticated\n'
            "using (company_id = (select private.current_company_id()) and author_id = (select auth.uid()))\n"
            "with check (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));",
            'create policy "authors change their notes" on public.notes\nfor update to authenticated\n'
            "using (company_id = (select private.current_company_id()))\n"
            "with check (company_id = (select private.current_company_id()));",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101092500_attempt_limits.sql",
        "tests/database/test_attempts.py",
        ("no limit", "  if wait > interval '0' then\n", "  if wait > interval '999 days' then\n"),
        (
            "a try too many",
            "+ l.refill - l.burst * l.refill - now()) into wait",
            "- l.burst * l.refill - now()) into wait",
        ),
        (
            "attempts never come back",
            "set full_at = greatest(a.full_at, now()) + l.refill\n",
            "set full_at = 'infinity'\n",
        ),
        (
            "the table grows without end",
            "order by o.full_at desc offset most",
            "order by o.full_at desc offset 10000000",
        ),
    ),
    *make_mutants(
        "lib/db/row_signatures.py",
        "tests/db/test_row_signatures.py",
        (
            "everything is signed",
            "        if not isinstance(signature, str):\n            return False\n",
            "        return True\n",
        ),
        ("a row may move to another conversation", 'MESSAGE_FIELDS = (\n    "thread_id",', "MESSAGE_FIELDS = (\n   "),
        (
            "the cost is not signed",
            '"input_tokens", "output_tokens", "cost_usd",\n',
            '"input_tokens", "output_tokens",\n',
        ),
        ("system messages need no signature", 'row.get("role") == "user" or', 'row.get("role") != "assistant" or'),
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
    *make_mutants(
        MIGRATIONS + "20261101104500_quotes.sql",
        "tests/database/test_quote_terms.py",
        ("a line without a price counts for nothing", "nullif(private.bound_percent(discount_percent), 0)", "null"),
        ("the price of a pilot is a list price", "nullif(k.annual_price_per_seat, 0)", "k.annual_price_per_seat"),
        (
            "no price is missing from the list",
            "coalesce(bool_or(l.list_price is null and",
            "coalesce(bool_or(false and",
        ),
        (
            "terms are no part of what is approved",
            "jsonb_build_object('terms', q.terms, 'lines'",
            "jsonb_build_object('lines'",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101104600_price_approvals.sql",
        "tests/database/test_quote_terms.py",
        ("a scenario covers a quote on any terms", "and private.has_usual_terms(q)", ""),
        ("a csm decides without a list price", "and (private.is_leader(me.role) or not approval.lacks_list_price)", ""),
        ("a csm's band is a leader's", "(not lacks_list_price or private.is_leaders_band(b))", "true"),
    ),
)
