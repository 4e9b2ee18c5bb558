"""What holds for the schema as a whole, read from Postgres' own catalogue."""

import psycopg
import pytest

from tests.database.factories import Sql, fetch_rows, fetch_value

OPEN_TO_ANON = {
    "read_browser_session",
    "claim_session_refresh",
    "store_refreshed_session",
    "end_browser_session",
    "drop_browser_session",
    "list_browser_sessions",
    "end_listed_browser_session",
    "take_attempt",
    "return_attempt",
    "migrations_digest",
    "receive_events",
    "mute_digest",
}
"""For sessions, knowing the id is the permission; for attempts, the key of the hash (decision 0025); for events and the
digest, the token (decisions 0034 and 0039)."""

ACTS = {
    "start_workflow",
    "run_saved_action",
    "undo_action",
    "complete_workflow",
    "wake_execution",
    "wake_due_runs",
    "acknowledge_escalation",
    "comment_escalation",
    "hand_back_escalation",
    "withdraw_escalation",
    "redirect_escalation",
    "mark_decision_seen",
    "reopen_execution",
    "reassign_execution",
    "abandon_execution",
    "unskip_slide",
    "move_to_version",
    "move_runs_to_version",
    "undo_version_moves",
    "switch_trigger",
    "stay_on_version",
    "decide_price_approval",
    "close_run",
    "undo_starts",
}
"""What becomes of a run (decision 0007): each checks who asks; test_action_attacks.py tries all of them."""

WITHOUT_TENANT = {"companies"}
STOCK_TOO = {
    "outcome_codes",
    "severities",
    "skip_reasons",
    "approval_bands",
    "score_rules",
    "workflow_definitions",
    "workflow_definition_versions",
    "workflow_chat_branches",
    "saved_actions",
}
POLICIES = """
    select tablename || ' ' || cmd || ': ' || policyname
    from (select *, concat(qual, with_check) as rule from pg_policies where schemaname = 'public') p"""
TABLES = "select relname from pg_class where relkind in ('r', 'p') and relnamespace"
OURS = "('public'::regnamespace, 'private'::regnamespace)"


def names(sql: Sql, statement: str) -> set[str]:
    return {next(iter(row.values())) for row in fetch_rows(sql, statement)}


def test_every_table_has_row_level_security(sql):
    assert names(sql, f"{TABLES} in {OURS} and not relrowsecurity") == set()


def test_every_view_asks_as_the_caller(sql):
    views = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
    assert names(sql, f"{views} and not coalesce(reloptions::text like '%security_invoker=true%', false)") == set()


def test_no_public_function_is_security_definer(sql):
    assert names(sql, "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef") == set()


def test_every_function_has_an_empty_search_path(sql):
    functions = f"select proname from pg_proc where pronamespace in {OURS}"
    assert names(sql, f"{functions} and not coalesce('search_path=\"\"' = any (proconfig), false)") == set()


def executable_by(sql: Sql, role: str, which: str) -> set[str]:
    functions = f"select proname from pg_proc where pronamespace in {OURS} and {which}"
    return names(sql, f"{functions} and has_function_privilege('{role}', oid, 'execute')")


def test_somebody_not_signed_in_calls_only_the_session_functions(sql):
    # require_live_session says nothing but whether the caller's own session has ended; it is asked before each request.
    assert executable_by(sql, "anon", "true") == OPEN_TO_ANON | {"require_live_session"}


def test_what_writes_past_the_policies_is_callable_only_where_it_holds_its_own_rule(sql):
    writers = executable_by(sql, "authenticated", "prosecdef and provolatile = 'v'")
    sessions = OPEN_TO_ANON - {"mute_digest", "read_browser_session", "list_browser_sessions", "migrations_digest"} | {
        "create_browser_session",
        "end_other_sessions",
    }
    membership = {
        "accept_invitation",
        "leave_company",
        "remove_member",
        "invite_people",
        "resend_invitation",
        "change_member_role",
        "change_member_team",
        "hand_over_book",
        "undo_handover",
        "save_absence",
        "end_absence",
    }  # tests/database/test_{invitations,membership_end,people,book_handovers,absences}.py
    # save_time_zone: tests/database/test_time_zones.py
    # open_today_list: test_attacks.py
    imports = {  # tests/security/test_import_attacks.py
        "begin_import",
        "stage_import_rows",
        "change_import_mapping",
        "drop_import_rows",
        "choose_import_match",
        "save_import_mapping",
        "check_import_rows",
        "correct_import_rows",
        "decide_import",
        "discard_import",
        "continue_import_undo_plan",
        "plan_import_undo",
        "decide_import_undo",
    }
    events = {"create_event_token", "revoke_event_token"}  # tests/security/test_event_attacks.py
    merges = {"merge_records", "undo_merge"}  # tests/security/test_merge_attacks.py
    # test_company_settings.py, test_company_limits.py, test_company_codes.py, test_score_rules.py,
    # test_suggestion_rules.py, test_model_budgets.py
    settings = {
        "save_company_settings",
        "save_company_limits",
        "save_model_budgets",
        "save_company_codes",
        "save_score_rules",
        "save_suggestion_rules",
    }
    privacy = {"erase_subject"}  # tests/database/test_erasure.py
    # tests/database/test_customer_{edits,timeline}.py
    customer = {"begin_customer_change", "notify_mentioned", "record_customer_visit"}
    comments = {"notify_mentioned_in_comment"}  # tests/database/test_workflow_comments.py
    digest = {"save_digest_preferences", "save_slack_webhook"}  # tests/security/test_digest_attacks.py
    profile = {"save_time_zone", "choose_time_zone", "save_full_name", "save_locale", "save_theme", "save_density"}
    others = {"publish_workflow", "open_today_list"}
    proposals = {"begin_workflow_proposal", "finish_workflow_proposal"}  # tests/workflow_proposals
    forecast = {"call_renewal"}  # test_forecast_attacks.py
    scores = {"keep_scores_of_today", "keep_scores_of_trend"}  # test_score_attacks.py
    files = {"record_file"}  # tests/database/test_files_made.py
    book = customer | comments | scores | forecast | digest | files | profile
    assert (
        writers
        == sessions | membership | ACTS | imports | events | merges | settings | privacy | others | book | proposals
    )


def test_no_grant_lingers_for_anon_or_for_everybody(sql):
    for view in ("role_table_grants", "role_column_grants"):
        granted = f"select table_name from information_schema.{view} where grantee in ('anon', 'PUBLIC')"
        assert names(sql, f"{granted} and table_schema in ('public', 'private')") == set()


def test_people_have_only_the_four_verbs_and_nothing_on_private_tables(sql):
    verbs, private = set(), set()
    for view in ("role_table_grants", "role_column_grants"):
        granted = f"from information_schema.{view} where grantee = 'authenticated'"
        verbs |= names(sql, f"select distinct privilege_type {granted} and table_schema = 'public'")
        private |= names(sql, f"select table_name {granted} and table_schema = 'private'")
    # A view with security_invoker shows whoever asks what the policies of its tables show them.
    views = "select relname from pg_class where relkind = 'v' and relnamespace = 'private'::regnamespace"
    invoker_views = names(sql, f"{views} and reloptions @> array['security_invoker=true']")
    assert (verbs, private - invoker_views) == ({"SELECT", "INSERT", "UPDATE", "DELETE"}, set())
    assert private == {"findable_names", "record_texts"}


def test_what_is_made_next_is_granted_to_nobody(sql):
    with sql.transaction(force_rollback=True):
        sql.execute("create table public.tomorrow (id int generated always as identity)")
        sql.execute("create function public.tomorrow() returns int language sql as 'select 1'")
        for role in ("anon", "authenticated"):
            anything = "select has_table_privilege(%s, 'public.tomorrow', 'select, insert, update, delete')"
            assert not fetch_value(sql, anything, role)
            assert not fetch_value(sql, "select has_function_privilege(%s, 'public.tomorrow()', 'execute')", role)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from public.customers",
        "select * from private.browser_sessions",
        "select private.join_company(gen_random_uuid(), gen_random_uuid(), 'X')",
        "select key from private.attempts",
    ],
)
def test_somebody_not_signed_in_is_stopped_by_grants_already(sql, statement):
    with sql.transaction(force_rollback=True):
        sql.execute("set local role anon")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql.execute(statement)


def test_every_policy_is_for_signed_in_people_and_one_verb(sql):
    assert names(sql, f"{POLICIES} where roles <> '{{authenticated}}' or cmd = 'ALL'") == set()
    other = "(o.tablename, o.cmd) = (p.tablename, p.cmd) and o.policyname <> p.policyname"
    assert names(sql, f"{POLICIES} where exists (select 1 from pg_policies o where {other})") == set()


def test_every_policy_asks_who_is_asking_once_a_query(sql):
    """`(select f())` is evaluated once; a bare `f()` for every row."""
    wrapped = r"SELECT [a-z_.]+\(\)"
    assert names(sql, f"{POLICIES} where regexp_replace(rule, '{wrapped}', '', 'g') ~ '\\w\\(\\)'") == set()


def test_every_policy_compares_the_tenant(sql):
    assert names(sql, f"{POLICIES} where strpos(rule, 'current_company_id()') = 0") == set()


def test_every_tenant_row_names_its_company(sql):
    columns = (
        "select table_name from information_schema.columns where column_name = 'company_id' and table_schema = 'public'"
    )
    tables = names(sql, f"{TABLES} = 'public'::regnamespace")
    assert tables - names(sql, columns) == WITHOUT_TENANT
    nullable = names(sql, f"{columns} and is_nullable = 'YES'") & tables
    assert nullable == STOCK_TOO


def test_every_table_column_view_and_function_says_what_it_is(sql):
    relations = f"select oid::regclass::text from pg_class where relnamespace in {OURS} and relkind in ('r', 'p', 'v')"
    assert names(sql, f"{relations} and obj_description(oid, 'pg_class') is null") == set()
    columns = f"""
        select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace in {OURS} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
          and col_description(c.oid, a.attnum) is null"""
    assert names(sql, columns) == set()
    functions = f"select oid::regprocedure::text from pg_proc where pronamespace in {OURS}"
    assert names(sql, f"{functions} and obj_description(oid, 'pg_proc') is null") == set()


def test_every_foreign_key_has_an_index(sql):
    """That begins with its columns: deleting or changing what it points to would scan the table otherwise."""
    without = f"""
        select f.conrelid::regclass || ' ' || f.conname from pg_constraint f
        where f.contype = 'f' and f.connamespace in {OURS} and not exists (
          select 1 from pg_index i where i.indrelid = f.conrelid and i.indpred is null
            and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(f.conkey)] @> f.conkey)"""
    assert names(sql, without) == set()


def test_every_table_that_changes_stamps_it(sql):
    stamped = "select tgrelid from pg_trigger where tgname = 'touch'"
    columns = "select attrelid from pg_attribute where attname = 'updated_at'"
    forgotten = f"{TABLES} in {OURS} and oid in ({columns}) and oid not in ({stamped})"
    assert names(sql, forgotten) == set()
