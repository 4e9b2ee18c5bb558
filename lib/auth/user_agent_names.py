import re

BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"(?:Firefox|FxiOS)/"),
    ("Chrome", r"(?:Chrome|CriOS)/"),
    ("Safari", r"Version/\S+ (?:Mobile/\S+ )?Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux"),
)


def describe_user_agent(user_agent: str) -> str:
    """ "Firefox on Linux", from the header User-Agent."""
    browser, system = (_find_name_in_user_agent(names, user_agent) for names in (BROWSERS, SYSTEMS))
    return f"{browser or 'Unknown browser'} on {system}" if system else browser or "Unknown browser"


def _find_name_in_user_agent(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    # The order counts: Edge also says Chrome, Chrome also says Safari, Android also says Linux.
    return next((name for name, pattern in names if re.search(pattern, user_agent)), None)
