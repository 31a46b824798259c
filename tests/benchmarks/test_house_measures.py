"""What counts as an import where the structure of the code is measured."""

from pathlib import Path

from benchmarks.house import fits, imports

NAMES = ("bot.begun", "bot.head", "bot.inside", "bot.part", "bot.text", "tool.__main__")
USER = """
import bot.head
from bot import part
from elsewhere import bot

def later():
    from bot.inside import something
    run("-m", "bot.text")
    run("-m", full_name("bot.begun"))
    run("-m", full_name("tool"))
    print("bot.head is not named alone, and tool is no module")
"""


def house_of(folder: Path, **texts: str) -> dict[str, Path]:
    """Return modules of one letter with these texts, beside those that are imported."""
    known = {name: folder / f"{name}.py" for name in NAMES} | {name: folder / f"{name}.py" for name in texts}
    for name, path in known.items():
        path.write_text(texts.get(name, ""))
    return known


def test_an_import_counts_wherever_it_stands(tmp_path):
    """At the head, in a function, as a part of a package, or by its name in a text by which a process is begun."""
    assert imports(house_of(tmp_path, user=USER))["user"] == set(NAMES)


def test_what_a_text_only_mentions_is_no_import(tmp_path):
    """A name within a sentence begins nothing."""
    assert imports(house_of(tmp_path, user='"""See bot.head."""'))["user"] == set()


def test_a_module_fits_where_both_together_keep_the_bounds(tmp_path):
    """Lines and imports of both are counted together."""
    known = house_of(tmp_path, short="\n" * 100, long="\n" * 200, small="\n")
    edges: dict[str, set[str]] = {name: set() for name in known} | {"small": {"short"}}
    many = {"small": {"short", *(f"m{number}" for number in range(12))}, "short": {"n"}}
    assert fits("short", "small", known, edges)
    assert not fits("short", "long", known, edges)
    assert not fits("short", "small", known, edges | many)
