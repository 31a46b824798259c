"""What is asked of Prometheus: the expressions of the board, and the alarms so that they answer while all is well.

Comes in: deploy/grafana.json and docs/monitoring.md. Goes out: expressions with where they stand. Refuses to ask anybody.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOARD, ALARMS = ROOT / "deploy" / "grafana.json", ROOT / "deploy" / "localism-alarms.yml"
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
A_MOMENT = "5s"  # in place of a day, which no trial lasts


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression and where it stands."""

    where: str
    expression: str


def expressions() -> Iterator[Asked]:
    """Yield what is to be asked."""
    for panel in json.loads(BOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield Asked(panel["title"], target["expr"])
    for name, expression in re.findall(r"alert: (\w+)\n +expr: (.+)\n", ALARMS.read_text(encoding="utf-8")):
        yield Asked(name, whether(expression))


def whether(alarm: str) -> str:
    """Return the alarm so that it says 1 where it would ring and 0 where not; else it says nothing while all is well."""
    return re.sub(r" (==|<|>) ", r" \1 bool ", alarm).replace("offset 1d", f"offset {A_MOMENT}")
