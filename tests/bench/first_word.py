"""From the press of Enter to the first word of an answer: Zen beside Chainlit, over the same model's server.

`python -m tests.bench.first_word` starts the app on its own Supabase with the demo book; about two minutes. With
`--chainlit FOLDER/bin/python` also a Chainlit page, the two asked in turn in the same minutes. Chainlit is in a venv of
its own, never among the project's packages: `python -m venv FOLDER`, then `FOLDER/bin/pip install 'chainlit==2.12.*'
openai`. Chainlit stores nothing here; Zen stores question and answer. Milliseconds; `--rest postgrest` as elsewhere.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path

from tests.bench.__main__ import apps
from tests.bench.chainlit_tab import open_chainlit_tab
from tests.bench.chat_tab import Answered
from tests.bench.stream import RATE, SHORT, Ask, Way, model, ours, process, wait_for
from tests.support.server import REPOSITORY, free_port

PAGE = REPOSITORY / "tests" / "bench" / "chainlit_page" / "app.py"
USERS = (1, 10)
ROUNDS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    parser.add_argument("--turns", type=int, default=4, help="answers each user reads in each of the rounds")
    parser.add_argument("--chainlit", type=Path, help="the python of a venv with Chainlit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, model() as url:
        os.environ |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k", "OPENAI_MODEL": "small"}
        with ExitStack() as stack:
            # First: with the address of a database in its environment it would want its own tables in there.
            beside = [stack.enter_context(chainlit_page(options.chainlit, folder))] if options.chainlit else []
            zen = stack.enter_context(apps(Path(folder), options.rest, processes=1))
            asyncio.run(measure([*map(chainlit, beside), ours(zen)], options.turns))


async def measure(ways: Sequence[Way], turns: int) -> None:
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; {SHORT} words an answer, {RATE} a second")
    print(
        f"{'way':<10} {'users':>5} {'press to word':>14} {'p95':>8} {'first word':>11} {'p95':>8} {'of Chainlit':>12}"
    )
    for users in USERS:
        found = await ask_in_turn(ways, users, turns)
        least = statistics.median(each.pressed for each in found[ways[0].name])
        for way in ways:
            pressed = sorted(each.pressed for each in found[way.name])
            words = sorted(each.first_word for each in found[way.name])
            middle, late = statistics.median(pressed), int(len(pressed) * 0.95) - 1
            ratio = f"{middle / least:.1f}x" if len(ways) > 1 else ""
            print(
                f"{way.name:<10} {users:>5} {middle:>14.1f} {pressed[late]:>8.1f}"
                f" {statistics.median(words):>11.1f} {words[late]:>8.1f} {ratio:>12}",
                flush=True,
            )


async def ask_in_turn(ways: Sequence[Way], users: int, turns: int) -> dict[str, list[Answered]]:
    """All users of the one way, then all of the other, and again: what else the machine does meets both."""
    found: dict[str, list[Answered]] = {way.name: [] for way in ways}
    async with AsyncExitStack() as stack:
        opened = {way.name: await way.open(stack, users) for way in ways}
        for asks in opened.values():
            await read_answers(asks, 1)
        for _ in range(ROUNDS):
            for name, asks in opened.items():
                found[name] += await read_answers(asks, turns)
    return found


async def read_answers(asks: Sequence[Ask], turns: int) -> list[Answered]:
    async def read(ask: Ask) -> list[Answered]:
        return [await ask(f"{SHORT} words, please") for _ in range(turns)]

    return [each for series in await asyncio.gather(*map(read, asks)) for each in series]


def chainlit(url: str) -> Way:
    async def open_tabs(stack: AsyncExitStack, users: int) -> list[Ask]:
        return [(await open_chainlit_tab(stack, url)).ask for _ in range(users)]

    return Way("Chainlit", open_tabs)


@contextmanager
def chainlit_page(python: Path, folder: str) -> Iterator[str]:
    port = free_port()
    os.environ["CHAINLIT_APP_ROOT"] = folder
    run = ("-m", "chainlit", "run", str(PAGE), "--headless", "--host", "127.0.0.1", "--port", str(port))
    with process(*run, python=str(python)):
        wait_for(port, 120)
        yield f"http://127.0.0.1:{port}"


if __name__ == "__main__":
    main()
