"""What is wrong with a template that Jinja cannot parse, in the words of whoever writes texts. Pure."""

import re

_NOT_CLOSED = "Unexpected end of template"
SENTENCES = (
    (rf"^{_NOT_CLOSED}\. .*to be closed is 'if'", "an “{{% if %}}” has no “{{% endif %}}” after it."),
    (r"unknown tag '(else|elif)'\. .*closed is 'if'", "after “{{% else %}}” there can only be “{{% endif %}}”."),
    (r"unknown tag '(endif|else|elif)'", "“{0}” stands without an “{{% if %}}” before it."),
    (r"unknown tag '(.{1,40})'", "there is no “{0}”. A text may use if, elif, else and endif."),
    (rf"(?i)^{_NOT_CLOSED}, expected 'end of print", "a placeholder is not closed: it ends with “}}}}”."),
    (rf"(?i)^{_NOT_CLOSED}, expected 'end of statement", "an “{{%” is not closed: it ends with “%}}”."),
    (r"end of comment tag", "a comment is not closed: it ends with “#}}”."),
    (
        r"^Expected an expression, got 'end of print",
        "a placeholder is empty: its name stands between “{{{{” and “}}}}”.",
    ),
    (r"'end of statement block'$", "an “{{% if %}}” does not say what it depends on."),
    (r"^expected token 'end of print", "a placeholder is one name. Close it with “}}}}” before what follows."),
    (r"^expected token 'end of statement", "an “{{% if %}}” asks for one thing. Join two by “and” or “or”."),
    (r"^expected token 'name'", "the name of a filter is missing after “|”."),
    (r"^expected name or number", "the name of a placeholder is not complete."),
    (r"[('][()\[\]]'", "an opening and a closing bracket do not match."),
    (r"^unexpected '}'", "a placeholder ends with two braces: “}}}}”."),
    (
        r"^unexpected char [\"'](.)[\"']",
        "“{0}” may not stand in a placeholder or an “if”; a text in it needs a quotation mark at both ends.",
    ),
)
OTHERWISE = "a placeholder or an “if” in it cannot be read."


def describe_syntax_error(message: str) -> str:
    """The sentence for a message of Jinja's parser, without its line; for one that is not known, OTHERWISE."""
    for pattern, sentence in SENTENCES:
        if found := re.search(pattern, message):
            return sentence.format(*found.groups())
    return OTHERWISE
