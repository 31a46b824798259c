"""Every question that the product prints, and where it prints it: for the tests that ask them or look them up.

A question is printed on the first page, in the API page, as a suggestion, by Discord's help, in the README, in the widget.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
# The section that must come first, for what is no heading itself.
ANSWERED_BY = {
    "Our pub is for sale. What can we do?": "Our pub, library or field is up for sale: what do we do first?",
    "Our library is closing. What can we do?": "Our library is closing: what do we do first?",
    "The council is selling our field. What can we do?": "Our council is selling the field: what do we do first?",
    "Who can nominate a building?": "Who can nominate a building or a field?",
    "How do we start a neighbourhood plan?": "We want a neighbourhood plan: what do we do first?",
    "My service is being outsourced. What can I do?": "My service is being outsourced: what do staff do first?",
    "How do we complain about a councillor?": "How do we complain about a councillor, or report one?",
    "How do we set up a new parish council?": "Our town or village wants its own council: how do we set up a parish or town council?",
    "How long does the council have to decide on our nomination?": "How long does the council have to decide on a nomination?",
}
_IN_README = re.compile(r'localism ask "([^"]+)"')
_IN_MARKUP = re.compile(r"placeholder=[\"']([^\"'{]+)|[?&]q=([^\"'&{$\s]+)|“([^”{]+\?)”")


def offered() -> list[str]:
    """Return the examples of the shipped corpus."""
    return list(tomllib.loads((CORPUS / "site.toml").read_text(encoding="utf-8"))["examples"])


def written_out() -> list[str]:
    """Return the questions that stand in the README, in templates and in the scripts of page and widget."""
    readme = _IN_README.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    files = [path for path in (ROOT / "bot" / "web").rglob("*") if path.suffix in {".html", ".js"}]
    found = [next(filter(None, groups)) for path in files for groups in _IN_MARKUP.findall(path.read_text(encoding="utf-8"))]
    return [*readme, *found]
