"""Search takes other ways where there is much to search: what it finds is compared with the rule written out."""

import pytest

from tests.database.chat_calls import begin_turn, share_thread
from tests.database.factories import fetch_value, insert_customer, publish_workflow
from tests.database.rpc import call_rpc
from tests.support.companies import Company

QUERIES = [
    "all",
    "tenth",
    "fortieth",
    "tenth fortieth",
    "thousandth",
    '"tenth after"',
    '"after tenth"',
    '"all tenth after fortieth"',
    "tenth -fortieth",
    "-all",
    "thousandth or fortieth",
    '-"tenth after"',
    '"tenth after" -thousandth',
]

FIVE_THOUSAND = """
    insert into public.workflow_chat_messages (company_id, thread_id, role, content, created_at)
    select %s, (%s::uuid[])[1 + n %% 3], 'user', jsonb_build_object('type', 'text', 'text', concat_ws(' ', 'all',
        case when n / 7 %% 10 = 1 then 'tenth' end, 'after', case when n / 7 %% 40 = 31 then 'fortieth' end,
                  case when n %% 1000 = 7 then 'thousandth tenth after' end)),
      timestamptz '2026-01-20' + n / 7 * interval '70 minutes'
    from generate_series(1, 5000) n"""
"""Seven share a moment, as the blocks of an answer do. The 300th from the end is one of seven that say “fortieth”."""

BY_THE_RULE = """
    select array_agg(m.id::text order by m.created_at desc, m.id desc) from public.workflow_chat_messages m
    where m.thread_id = any(%s::uuid[])
    and to_tsvector('simple', m.content ->> 'text') @@ websearch_to_tsquery('simple', %s)
    and m.created_at >= %s and m.created_at < %s"""


@pytest.fixture(scope="module")
def long_talk(stack, sql):
    """Five thousand messages, seven at once, in three conversations; the second and third are shared."""
    company = Company.create(sql, "Chatterers")
    publish_workflow(sql, company.id, "renewal-run")
    customer = str(insert_customer(sql, company.id, company.csm.id))
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="renewal-run", p_customer_id=customer)["execution_id"]
    threads = [begin_turn(company.csm, run, words)["thread"]["id"] for words in ("one", "two", "three")]
    for thread in threads[1:]:
        share_thread(company.csm, thread)
    sql.execute(
        "update public.workflow_chat_messages set created_at = '2026-01-01' where thread_id = any(%s::uuid[])",
        [threads],
    )
    sql.execute(FIVE_THOUSAND, [company.id, threads])
    return company, threads


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("filters", [{}, {"from": "2026-02-03", "to": "2026-02-20"}, {"role": ["user"]}])
def test_however_far_back_the_newest_that_match_are_found_in_order(long_talk, sql, query, filters):
    company, threads = long_talk
    span = ("2026-02-03", "2026-02-21") if "from" in filters else ("2020-01-01", "2030-01-01")
    for who, may_read in ((company.csm, threads), (company.other_csm, threads[1:]), (company.manager, threads)):
        expected = fetch_value(sql, BY_THE_RULE, may_read, query, *span) or []
        asked = {"p_query": query, "p_filters": filters}
        page = call_rpc(who, "search_chats", **asked)
        found = page["rows"]
        if page["next_cursor"]:
            found += call_rpc(who, "search_chats", **asked, p_cursor=page["next_cursor"])["rows"]
        assert [row["message_id"] for row in found] == expected[:40]
