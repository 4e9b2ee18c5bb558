"""Mutants of the history of rows, the settings of a company and the rules of its scores."""

from tests.mutants.model import make_mutants

MIGRATIONS = "supabase/migrations/"

MUTANTS = (
    *make_mutants(
        MIGRATIONS + "20261101092800_row_changes.sql",
        "tests/database/test_row_changes.py",
        ("a change of nothing is recorded", "where c.before - stamps <> c.after - stamps", "where true"),
        ("as of a moment is before the latest change", "order by c.number limit 1", "order by c.number desc limit 1"),
        ("a seed is recorded", "if origin.source = 'seed' then", "if origin.source = 'none' then"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101094400_company_settings.sql",
        "tests/database/test_company_settings.py",
        ("holidays are worked", "and h.day = is_working_day.day", "and h.day = is_working_day.day + 9999"),
        (
            "a later save overwrites",
            "and s.revision = begin_settings_change.revision",
            "and s.revision >= begin_settings_change.revision",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101099000_score_rules.sql",
        "tests/database/test_score_rules.py",
        ("stock before a company's own", "order by s.company_id nulls last, s.version desc", "order by s.version"),
        ("weights add up to anything", "when sum(p.weight) <> 100", "when sum(p.weight) < 0"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101130800_score_rule_preview.sql",
        "tests/database/test_score_rules.py",
        (
            "yellow is a flag",
            "select h.band = private.at_risk_band() as is_flagged",
            "select h.band <> 'green' as is_flagged",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101101200_suggestion_rules.sql",
        "tests/database/test_suggestion_rules.py",
        ("a definition before a company's rule", "coalesce(own.rule, d.inherited)", "coalesce(d.inherited, own.rule)"),
        (
            "a later save overwrites",
            "perform private.begin_settings_change(me.company_id, p_revision);",
            "perform private.begin_change('settings');",
        ),
        ("what is inherited is kept", "and s.workflow_id = p.workflow_id and p.is_inherited", "and false"),
        ("nobody else's workflows", "where o.workflow_id is null or r.value is null", "where false"),
    ),
)
