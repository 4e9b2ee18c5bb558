"""Text as Markdown that reads exactly as it is: no character of it is changed, none of it means anything.

There are two dialects. What `lib.ui.safe_text` draws and what is exported is plain Markdown. Labels, captions and
whatever else Streamlit draws go through Streamlit's own Markdown, which after parsing turns more text into something
else: mail addresses and `https://` into links, `:name:` into emoji, `->` into an arrow. It looks into one piece of
text at a time, so an empty directive between two characters stops it and leaves nothing in the page.
"""

import re

from lib.text.truncate import single_line, strip_invisible

_MARKUP = re.compile(r"[\\`*\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|^[-+=#]|(?<=\d)[.)](?=\s|$)")

_EMPTY = ":small[]"
_CUT = "\x00"  # stands for _EMPTY while the rest is escaped; Postgres holds no such character
_LINKS = re.compile(r"(https?:)(?=//)|(www)(?=\.)|(?<=[-.\w+])(?=@[-\w])|(:)(?=material_|streamlit:)", re.IGNORECASE)
_ARROWS = re.compile(r"(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_STREAMLIT_MARKUP = re.compile(r"[\\`*_\[\]|~$#]|:(?=[^\W\d]|[-+_/\x00])|(?<!\d):(?=\d)|^[-+=]|(?<=\d)[.)](?=\s|$)")
_EMOJI_END = re.compile(r"(?<=:)([\w+-]+):")
_ENTITIES = str.maketrans({"<": "&lt;", ">": "&gt;"})
# Only where it would begin an entity: Streamlit reads a label aloud as it is written, "Orchard &amp; Vale".
_ENTITY = re.compile(r"&(?=\w+;)")
_COLON_BEFORE_CUT = re.compile(rf"\\?:(?=[\w+-]+{_CUT})")


def escape_plain_markdown(text: str) -> str:
    """`text`, however long, as one line of Markdown, for `lib.ui.safe_text` and for files."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(strip_invisible(text).split()))


def escape_plain_markdown_lines(text: str) -> str:
    """`text` as Markdown, line breaks kept, for `lib.ui.safe_text` and for files."""
    return "  \n".join(escape_plain_markdown(line) for line in strip_invisible(text).splitlines())


def escape_markdown(text: str) -> str:
    """`text` as one line of Streamlit's Markdown, for labels, captions and `st.markdown`."""
    line = _LINKS.sub(lambda found: f"{found[0]}{_CUT}", single_line(text))
    line = _ARROWS.sub(lambda found: _CUT.join(found[0]), line)
    line = _ENTITY.sub("&amp;", _STREAMLIT_MARKUP.sub(r"\\\g<0>", line)).translate(_ENTITIES)
    # Streamlit looks for ":name:" in the source too, before it reads the backslash; and for ":material/" as written.
    line = _COLON_BEFORE_CUT.sub("&#58;", _EMOJI_END.sub(r"\1\:", line)).replace("\\:material/", "\\:material\\/")
    return line.replace(_CUT, _EMPTY)


def escape_markdown_lines(text: str) -> str:
    """`text` as Streamlit's Markdown, line breaks kept."""
    return "  \n".join(escape_markdown(line) for line in strip_invisible(text).splitlines())
