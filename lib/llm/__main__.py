"""The operator's command for the language model: `python -m lib.llm check`."""

import argparse
import sys

from lib.errors import ZenError
from lib.llm.language_model_factory import create_language_model
from lib.llm.model_settings import ModelApi, load_model_settings
from lib.llm.server_check import CheckOutcome, check_model_server

API_NAMES = {ModelApi.RESPONSES: "the Responses API", ModelApi.COMPLETIONS: "Chat Completions"}
NO_MODEL = "No model is set: the built-in assistant answers. Set OPENAI_API_KEY or OPENAI_BASE_URL."


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 if Zen can chat with the model, 1 if not, 2 if no model is set or a setting is wrong."""
    parser = argparse.ArgumentParser(prog="python -m lib.llm", description="The language model behind the chats.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="ask the configured server ten things and say what works")
    parser.parse_args(arguments)
    return run_check_command()


def run_check_command() -> int:
    try:
        settings = load_model_settings()
    except ZenError as error:
        print(error, file=sys.stderr)
        return 2
    if not settings.has_model:
        print(NO_MODEL, file=sys.stderr)
        return 2
    print(f"Asking {settings.base_url or 'OpenAI'} for {settings.model} over {API_NAMES[settings.api]}.\n")
    outcomes: list[CheckOutcome] = []
    for line in check_model_server(create_language_model(settings)):  # type: ignore[arg-type]  # has_model: no rules
        outcomes.append(line.outcome)
        print(f"{line.outcome.value:<8} {line.sentence}", flush=True)
    works = CheckOutcome.FAILS not in outcomes
    limited = outcomes.count(CheckOutcome.LIMITED)
    print(f"\n{'Zen can use this model' if works else 'Zen cannot use this model'}{_format_limits(works, limited)}.")
    return 0 if works else 1


def _format_limits(works: bool, limited: int) -> str:
    if not works or not limited:
        return ""
    return f", with {limited} limit{'s' if limited != 1 else ''}"


if __name__ == "__main__":
    sys.exit(main())
