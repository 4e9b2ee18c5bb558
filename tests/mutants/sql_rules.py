"""Mutants of the rules in SQL: health and priority, Today, runs, snoozes, undo, search, sessions, policies."""

from tests.mutants.model import make_mutants

MIGRATIONS = "supabase/migrations/"
HEALTH = "tests/database/test_health.py tests/database/test_signals.py tests/database/test_priorities.py"
RUNS = (
    "tests/database/test_run_starts.py tests/database/test_step_saves.py tests/database/test_run_completion.py "
    "tests/database/test_run_owner.py tests/database/test_lifecycle.py"
)
SNOOZES = "tests/database/test_snoozes.py tests/database/test_run_wakes.py"
TODAY = "tests/database/test_today_list.py tests/database/test_dashboard.py"
SEARCH = "tests/database/test_chat_search.py tests/database/test_chat_search_far_back.py"
OWN_COMPANY = "company_id = (select private.current_company_id())"
POLICIES = "tests/security/test_rls_matrix.py tests/security/test_attacks.py"

MUTANTS = (
    *make_mutants(
        MIGRATIONS + "20261101112500_promoted_answers.sql",
        "tests/chat/test_promoted_answers.py",
        ("figures are published", "cardinality(found_words) > 0 then", "cardinality(found_words) > 99 then"),
        (
            "the customer's name in capitals",
            "position(lower(customer.name) in lower(said))",
            "position(customer.name in said)",
        ),
        ("names of contacts are published", "length(part) >= 3", "length(part) >= 300"),
        ("the label is not looked at", "concat_ws(E'\\n', branch.label,", "concat_ws(E'\\n',"),
        ("words about one customer without a placeholder", "c.answer_id = answer.answer_id", "c.answer_id is null"),
        ("a published text is changed at will", "before insert or update on", "before insert or update of status on"),
        ("a kept figure keeps all", "regexp_matches(f.kept, figure, 'g') k);", "regexp_matches(bare, figure, 'g') k);"),
        ("a kept figure is not published", "from unnest(branch.kept_figures) f", "from unnest('{}'::text[]) f"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101130840_workflow_starts.sql",
        "tests/database/test_workflow_triggers.py",
        ("begins again the day after", "::date > r.day - (rule ->> 'period_days')::int", "::date > r.day"),
        ("the period ends a day late", "::date > r.day - (rule", "::date >= r.day - (rule"),
        ("a run that is open stops nothing", "e.workflow_id = workflow and e.ended_at is null\n", "false\n"),
        ("no end of runs a day", "select private.most_starts_a_day() - count(*)", "select 1000 + count(*)"),
        ("fits whoever left", "o.is_active\n    where c.company_id = company and c.status = 'active'", "o.is_active"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101104200_workflow_triggers.sql",
        "tests/database/test_workflow_triggers.py",
        ("a new rule is on at once", "and d.begun_when = t.rule", "and d.begun_when is not null"),
        ("anybody turns it on", "elsif not private.is_team_lead() then", "elsif false then"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101094700_slide_content_rules.sql",
        "tests/database/test_slide_content.py",
        ("a locked question is hidden", "coalesce((c.change ->> 'is_hidden')::boolean, false)", "false"),
        ("a condition on a later answer", ">= array_position(slides, address), true)", "> 99, true)"),
        (
            "a condition on a removed slide",
            "array_position(slides, address), true)",
            "array_position(slides, address), false)",
        ),
        ("the summary is left out", "or private.slide_of_address(address) = 'summary'", "or false"),
        ("a condition on what is not asked", "test ->> 'key') is null\n", "test ->> 'key') = ''\n"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101112600_version_branches.sql",
        "tests/database/test_version_branches.py",
        ("days of a snooze are lost in a copy", "'snooze_days', b.snooze_days", "'snooze_days', null"),
        ("any action snoozes", "a.id = b.saved_action_id and a.kind = 'snooze'", "a.id = b.saved_action_id"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101121000_follow_ups_and_notices.sql",
        "tests/security/test_action_attacks.py",
        ("anyone rewords a follow-up", "and old.created_by is distinct from auth.uid() then", "and false then"),
        ("anyone closes a follow-up", "and old.assigned_to <> all(private.represented_people())", "and false"),
        ("done on any day", "coalesce(old.done_at, now())", "new.done_at"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101113000_tool_approvals.sql",
        "tests/database/test_leader_approvals.py",
        (
            "a decided call is signed over",
            "elsif new.status = old.status and new.signature is distinct from old.signature then",
            "elsif false then",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101100000_health_and_priority.sql",
        HEALTH,
        ("a score in the first 60 days", "p.age >= 60 and num_nonnulls", "p.age >= 0 and num_nonnulls"),
        ("a score from day 61", "p.age >= 60 and num_nonnulls", "p.age > 60 and num_nonnulls"),
        ("green above 70", "s.score >= s.green then 'green'", "s.score > s.green then 'green'"),
        ("yellow above 45", "s.score >= s.yellow then 'yellow'", "s.score > s.yellow then 'yellow'"),
        (
            "parts without data count as zero",
            "case when p.usage_points is null then 0 else p.usage_weight end",
            "p.usage_weight",
        ),
        ("tickets of 31 days", "x.opened_on > b.day - 30", "x.opened_on >= b.day - 30"),
        ("the first ticket costs points", "greatest(0, e.recent_tickets - 1)", "e.recent_tickets"),
        ("P1s cost as much as tickets", "- 6 * e.open_p1)", "- 4 * e.open_p1)"),
        ("a note is a contact", "('call', 'meeting', 'email')", "('call', 'meeting', 'email', 'note')"),
        (
            "the target never rises",
            "when b.age < 274 then 0.75 else 0.80 end",
            "when b.age < 274 then 0.50 else 0.50 end",
        ),
        ("low usage from the first day", "h.utilisation < 0.5 and c.age >= 90", "h.utilisation < 0.5"),
        ("half of the seats is low", "h.utilisation < 0.5 and", "h.utilisation <= 0.5 and"),
        ("usage fell by less than a fifth", "t.recent / t.before <= 0.8", "t.recent / t.before < 0.8"),
        ("silence from 31 days", "where as_of - h.last_touch_on >= 30", "where as_of - h.last_touch_on > 30"),
        ("long silence from 61 days", "as_of - h.last_touch_on >= 60 then 15", "as_of - h.last_touch_on > 60 then 15"),
        ("a detractor from 7", "r.score <= 6 and", "r.score <= 7 and"),
        ("nine tenths are full", "where h.utilisation > 0.9", "where h.utilisation >= 0.9"),
        ("P1s add up without end", "least(20, 10 * h.open_p1)", "10 * h.open_p1"),
        ("a departure that was filled", "k.replaced_by is null", "true"),
        (
            "champions before sponsors",
            "order by k.role = 'champion', k.left_on desc",
            "order by k.role <> 'champion', k.left_on desc",
        ),
        (
            "the deadline counts until it is over",
            "when days_to_notice < -14 then round",
            "when days_to_notice < -15 then round",
        ),
        ("a red account counts like others", "then 180.0 else 120.0 end", "then 120.0 else 120.0 end"),
        ("an ended contract presses", "days_to_renewal < -30 then 0", "days_to_renewal < -3000 then 0"),
        (
            "signals add up to more than 30",
            "greatest(0, least(s.points, r.signals_weight - coalesce",
            "greatest(0, least(s.points, 60 - coalesce",
        ),
        (
            "an agreed renewal presses",
            "n.starts_on is null\n          then private.deadline_points(\n",
            "true\n          then private.deadline_points(\n",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101130700_today_list.sql",
        TODAY,
        ("four things a day", "filter (where w.place <= 3)", "filter (where w.place <= 4)"),
        (
            "the list refills by what can wait",
            "where w.urgency < 6 and w.occasion <> all (list.occasions)",
            "where w.occasion is distinct from 'none'",
        ),
        ("a run due today is overdue", "when r.due_on < today then 3", "when r.due_on <= today then 3"),
        ("a run due today can wait", "when r.due_on = today then 4", "when r.due_on = today - 999 then 4"),
        (
            "a follow-up of tomorrow is due",
            "f.done_at is null and f.due_on <= today",
            "f.done_at is null and f.due_on <= today + 1",
        ),
        ("customers from 39 points", "b.score >= d.today_from\n", "b.score >= d.today_from - 1\n"),
        ("the least important first", "b.score desc nulls last, b.arr", "b.score asc nulls last, b.arr"),
        ("escalations wait behind runs", "'escalation' as kind, 1 as urgency", "'escalation' as kind, 5 as urgency"),
        (
            "what was handed back stays after it was seen",
            "    from private.unseen_decisions((select private.represented_people()), "
            "(select private.current_company_id())) x\n    union all\n",
            "    from public.workflow_escalations x where x.raised_by = me and x.ended_by = 'hand_back'\n"
            "    union all\n",
        ),
        (
            "what is listed is listed again beside it",
            "where private.place_on_list(w.item, items) is null",
            "where true",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101130700_today_list.sql",
        "tests/security/test_attacks.py::test_a_list_of_today_is_made_and_read_only_by_the_person_whose_day_it_is",
        (
            "another person's list",
            f"for select to authenticated using (\n  {OWN_COMPANY} and person_id = (select auth.uid())\n)",
            "for select to authenticated using (\n  company_id = (select private.current_company_id())\n)",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101104000_run_functions.sql",
        RUNS,
        (
            "a csm starts for a colleague's customer",
            "elsif not private.can_write_customer(account.id) then",
            "elsif false then",
        ),
        (
            "a stale save wins",
            "  if coalesce(step.revision, 0) is distinct from p_revision\n",
            "  if coalesce(step.revision, 0) < p_revision\n",
        ),
        (
            "a stale completion wins",
            "  if run.revision is distinct from p_revision then\n",
            "  if run.revision < p_revision then\n",
        ),
        (
            "the oldest version is started",
            "order by d.company_id nulls last, v.version desc limit 1",
            "order by d.company_id nulls last, v.version limit 1",
        ),
        (
            "the stock workflow before one's own",
            "order by d.company_id nulls last, v.version desc limit 1",
            "order by d.company_id nulls first, v.version desc limit 1",
        ),
        (
            "a colleague's run is changed",
            "elsif not private.works_on_run(run) and me.role = 'csm'\n",
            "elsif false\n",
        ),
        (
            "a done slide is a draft again",
            "status = case when p_status = 'done' or step.status = 'done'",
            "status = case when p_status = 'done'",
        ),
        ("a churned customer gets a run", "if not found and account.status <> 'active' then", "if false then"),
        (
            "a slide of another workflow is saved",
            "if not coalesce(p_slide_id = any (slides) and",
            "if not coalesce(true and",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101103000_execution_transitions.sql",
        RUNS + " tests/database/test_slide_answer_keys.py",
        ("answers nobody asked for", "  if unknown <> '{}' then\n", "  if false then\n"),
        (
            "runs stay with the former owner",
            "set owner_id = new.owner_id, assigned_to",
            "set owner_id = e.owner_id, assigned_to",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101103000_execution_transitions.sql",
        "tests/security/test_attacks.py::test_an_ended_run_and_its_slides_stay_as_they_ended",
        (
            "an ended run is saved",
            "  elsif ended is not null and auth.uid() is not null and not private.is_erasure() then\n",
            "  elsif false then\n",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101105000_snoozes.sql",
        SNOOZES,
        ("a snooze into the past", "when until_at <= now() then", "when until_at <= now() - interval '9 days' then"),
        ("a snooze of three years", "> today + 730 then", "> today + 1095 then"),
        (
            "past the deadline without asking",
            "if greatest(chosen, due) > deadline then",
            "if chosen > deadline + 99 then",
        ),
        ("a signal that costs the deadline", "  if chosen is null and deadline > today then\n", "  if false then\n"),
        ("the day before the deadline", "company_id, deadline - 7)", "company_id, deadline - 1)"),
        ("health at the threshold wakes", "h.score < s.value::int", "h.score <= s.value::int"),
        ("an old ticket wakes", "and t.created_at > s.created_at\n", "and true\n"),
        ("who had left before wakes", "and not c.id = any(s.already_left)", ""),
        (
            "a passed deadline wakes",
            "k.notice_deadline - s.today between 0 and s.value::int",
            "k.notice_deadline - s.today <= s.value::int",
        ),
        ("part of a word is mentioned", "('\\m' || lower(word) || '\\M')", "lower(word)"),
        ("two wake one run", "'snoozed' for no key update of e skip locked", "'snoozed'"),
        ("another company's runs are woken", "where company is null or s.company_id = company\n", "where true\n"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101124000_undo.sql",
        "tests/database/test_undo.py",
        (
            "undone after two days",
            "done.created_at <= now() - interval '24 hours'",
            "done.created_at <= now() - interval '48 hours'",
        ),
        (
            "a csm undoes a colleague's action",
            "elsif done.actor_id <> me.id and me.role = 'csm' then",
            "elsif false then",
        ),
        (
            "a run that went on is opened",
            "run.ended_at is null or run.revision <> done.revision_after",
            "run.ended_at is null",
        ),
        (
            "a changed slide is restored over",
            "elsif step.status <> 'skipped' or step.revision <>",
            "elsif step.revision is null and step.revision <>",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101115000_chat_search.sql",
        SEARCH,
        (
            "pages by the time alone",
            "          and (i.created_at, i.message_id) < (q.before, q.before_id)\n",
            "          and i.created_at < q.before\n",
        ),
        (
            "older pages by the time alone",
            "             and (i.created_at, i.message_id) < (q.before, q.before_id)) is true",
            "             and i.created_at < q.before) is true",
        ),
        ("two letters begin a word", ">= 3;\n", ">= 1;\n"),
        ("minus is plus", "translate(term[1], '-', '!')", "translate(term[1], '-', '')"),
        (
            "days of UTC",
            "((p_filters ->> 'to')::date + 1)::timestamp at time zone me.time_zone",
            "((p_filters ->> 'to')::date + 1)::timestamp at time zone 'UTC'",
        ),
        (
            "colleagues' conversations are found",
            "''=person=%s'' | ''=shared=true''', me.id)",
            "''=company=%s''', me.company_id)",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101114000_chat_reading.sql",
        "tests/database/test_chat_panel.py tests/database/test_chat_turns.py tests/security/test_chat_attacks.py",
        (
            "blocks of an answer in any order",
            "jsonb_agg(to_jsonb(n) order by n.created_at, n.position, n.id)",
            "jsonb_agg(to_jsonb(n) order by n.id)",
        ),
        (
            "the oldest messages instead of the newest",
            "order by m.created_at desc, m.position desc, m.id desc limit most",
            "order by m.created_at, m.position, m.id limit most",
        ),
        (
            "the team's usage for everybody",
            "(u.person = auth.uid() or private.is_team_lead())",
            "true",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101124500_publications.sql",
        "tests/database/test_publications.py tests/security/test_action_attacks.py",
        ("runs on the version itself are listed", "v.version < next_version", "v.version <= next_version"),
        ("ended runs are listed", "v.version < next_version and e.ended_at is null", "v.version < next_version"),
        ("slides left empty are answered", "not in ('null', '\"\"', '[]', '{}', 'false')", "not in ('null')"),
        ("the name of a foreign customer", "and e.company_id = me.company_id));", "));"),
        ("one that fails takes back the others", " or sqlstate 'PT409' then\n      failed", " then\n      failed"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101112600_version_branches.sql",
        "tests/database/test_chat_panel.py tests/database/test_version_branches.py",
        (
            "an archived branch is offered",
            "    b.status = 'published'\n    and not exists (select",
            "    not exists (select",
        ),
        (
            "stock before the company's own branch",
            "order by b.slide_id, b.branch_key, b.company_id nulls last",
            "order by b.slide_id, b.branch_key, b.company_id nulls first",
        ),
        ("a later version's branch is offered", "b.since_version is null and b.status in", "b.status in"),
        ("a promoted answer is lost", "b.updated_at <= draft.branches_read_at", "true"),
        ("an action of another company is proposed", "(a.company_id is null or a.company_id = company));", "true);"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101092000_browser_sessions.sql",
        "tests/database/test_browser_sessions.py",
        ("an expired session is read", "as $$ select stored.expires_at > now() and", "as $$ select"),
        ("a session nobody uses lives on", " and stored.updated_at > now() - interval '7 days' $$;", " $$;"),
        ("two refresh at once", "and (b.refreshing_until is null or b.refreshing_until < now())", ""),
        ("an old version is stored", "and b.version = store_refreshed_session.version\n", "\n"),
        ("signing out others signs one out too", "and not (others_only and b.id_hash = own)", ""),
    ),
    *make_mutants(
        MIGRATIONS + "20261101102000_executions.sql",
        POLICIES,
        (
            "runs of every company are read",
            f"on public.workflow_executions\nfor select to authenticated using ({OWN_COMPANY});",
            "on public.workflow_executions\nfor select to authenticated using (true);",
        ),
        (
            "steps in another's name",
            "  and saved_by = (select auth.uid())\n  and private.can_write_execution(execution_id)\n);\n"
            'create policy "members change steps',
            '  and private.can_write_execution(execution_id)\n);\ncreate policy "members change steps',
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101102000_executions.sql",
        "tests/security/test_columns.py",
        (
            "events are written by hand",
            "grant select on public.workflow_execution_events to authenticated;",
            "grant select, insert on public.workflow_execution_events to authenticated;",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101093000_customers.sql",
        POLICIES,
        (
            "contacts of every company are read",
            f"on public.contacts\nfor select to authenticated using ({OWN_COMPANY});",
            "on public.contacts\nfor select to authenticated using (true);",
        ),
        (
            "a csm writes a colleague's customer",
            "and (c.owner_id = any(private.represented_people()) or private.is_team_lead())",
            "",
        ),
    ),
)
