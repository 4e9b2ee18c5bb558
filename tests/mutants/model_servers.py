"""Mutants of how a model server's answer is read."""

from tests.mutants.model import make_mutants

MUTANTS = (
    *make_mutants(
        "lib/llm/thought_filter.py",
        "tests/llm/test_server_events.py",
        ("a thought that is only closed stays", "yield TextWithdrawn(self._shown)", "pass"),
        ("a tag in backticks is a thought", 'before == "`" and not', 'before == "~" and not'),
        ("a tag is not waited for", "kept = self._count_open_characters()", "kept = 0"),
        ("a server is remembered for good", "only_closes_thoughts = False", "only_closes_thoughts = True"),
    ),
    *make_mutants(
        "lib/llm/server_events.py",
        "tests/llm/test_server_events.py",
        ("any words are a stream", "elif _FIRST_FIELD.match(first):", "elif first:"),
        ("events need blank lines", "yield from map(_parse_value, data)", "return"),
    ),
    *make_mutants(
        "lib/llm/server_traits.py",
        "tests/llm/test_server_events.py",
        ("without tools one can choose", '{"tool_choice"} if TOOLS in names else frozenset()', "frozenset()"),
    ),
    *make_mutants(
        "lib/llm/openai_client.py",
        "tests/llm/test_server_events.py",
        ("what is refused is forgotten", "self.traits.remember_refused(dropped)", "pass"),
        ("a date counts from our clock", "_parse_http_date(server_date) or datetime", "datetime"),
    ),
    *make_mutants(
        "lib/llm/background_reader.py",
        "tests/llm/test_server_events.py",
        ("comments are words", "now - alive > silence or now - heard > keep_alive", "now - alive > silence"),
        ("comments are silence", "alive = alive if item is None else now", "alive = alive if item is None else alive"),
    ),
)
