"""Text as Markdown that reads exactly as it is."""

import re

from lib.text.truncate import single_line, strip_invisible

_MARKUP = re.compile(r"[\\`*_\[\]#|~$]|^[-+=]|(?<=\d)[.)](?=\s|$)")
_ENTITIES = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})
# Streamlit replaces ":name:" and ":material/name:" after the Markdown is parsed, and finds links then too, so a
# backslash does not stop them: the colon, and the dot of an address, are replaced by signs that look the same.
_DIRECTIVE = re.compile(r"(?<!\d):(?=[\w+/-])|:(?=[^\W\d])")
_BARE_LINK = re.compile(r"(www)\.|(@[-\w]+)\.(?=[-\w])", re.IGNORECASE)


def escape_markdown(text: str) -> str:
    """One line of Markdown that reads as `text`: no markup, HTML, link, image, formula, icon or directive."""
    tame = _BARE_LINK.sub("\\1\\2\u2024", _DIRECTIVE.sub("\u2236", single_line(text))).replace("//", "/\u2215")
    return _MARKUP.sub(r"\\\g<0>", tame).translate(_ENTITIES)


def escape_markdown_lines(text: str) -> str:
    """Markdown that reads as the plain text of several lines, line breaks kept."""
    return "  \n".join(escape_markdown(line) for line in strip_invisible(text).splitlines())
