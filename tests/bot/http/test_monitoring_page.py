"""deploy/grafana.json, deploy/localism-alarms.yml and docs/monitoring.md name what /metrics tells, and nothing else."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.http.app import create_app
from bot.http.metrics import Metrics
from bot.http.options import HttpOptions

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
BOARD = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
EXPRESSIONS = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
ALARMS = [block.strip() for block in re.findall(r"```promql\n(.*?)```", PAGE, re.DOTALL)]
SHIPPED = (ROOT / "deploy" / "localism-alarms.yml").read_text(encoding="utf-8")
ADDED_BY_PROMETHEUS = {"job", "instance"}


@dataclass
class Gateway:
    """A connection to Discord."""

    latency: float = 0.1
    connects: int = 1
    disconnects: int = 0
    resumes: int = 0
    silence: float = 1.0
    elsewhere: bool = False
    healthy: bool = True


@pytest.fixture(scope="module")
def told(service: AnswerService):
    """What a server tells that was asked, refused something and has a bot: families by name, samples with their labels."""
    with TestClient(create_app(service, HttpOptions(), Gateway()), client=("127.0.0.1", 50_000)) as client:
        client.get("/api/ask", params={"q": "How long does the council have?"})
        client.get("/", params={"q": "How long does the council have?"})
        client.get("/api/nothing")
        return list(text_string_to_metric_families(client.get("/metrics").text))


@pytest.fixture(scope="module")
def labels(told):
    """The labels of each sample, with the values that were seen."""
    found: dict[str, dict[str, set[str]]] = {}
    for sample in (sample for family in told for sample in family.samples):
        seen = found.setdefault(sample.name, {})
        for name, value in sample.labels.items():
            seen.setdefault(name, set()).add(value)
    return found


def names_in(text):
    """Each name of a metric of ours."""
    return set(re.findall(r"\blocalism_\w+", text))


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *ALARMS])
def test_every_expression_asks_for_what_is_told(expression, labels):
    """Names that are there, with the labels and the values that they have."""
    assert names_in(expression) <= labels.keys()
    known = {label: values for name in names_in(expression) for label, values in labels[name].items()}
    for group in re.findall(r"\bby \(([^)]*)\)", expression):
        assert {label.strip() for label in group.split(",")} <= known.keys() | ADDED_BY_PROMETHEUS
    for label, value in re.findall(r'(\w+)="([^"]*)"', expression):
        assert label in ADDED_BY_PROMETHEUS or label in known
        assert label != "step" or value in known["step"]


def test_the_alarms_that_are_shipped_are_those_of_the_page():
    """In its order, each with a name of its own and a sentence, and for as long as the page says."""
    assert re.findall(r"^ +expr: (.+)$", SHIPPED, re.M) == ALARMS
    names = re.findall(r"^ +- alert: (\w+)$", SHIPPED, re.M)
    assert len(set(names)) == len(re.findall(r"^ +summary: .+\.$", SHIPPED, re.M)) == len(ALARMS)
    minutes = re.findall(r"^\d\. \*\*[^*]*for (\d+) minutes", PAGE, re.M)
    assert re.findall(r"^ +for: (\d+)m$", SHIPPED, re.M) == minutes


def test_every_kind_of_answer_is_counted_from_nought():
    """Else the first of its kind were lost: a count that Prometheus sees first at one has not risen."""
    told = text_string_to_metric_families(Metrics().text({}))
    answers = [sample for family in told for sample in family.samples if sample.name == "localism_answers_total"]
    assert {sample.labels["status"]: sample.value for sample in answers} == {"answered": 0, "uncertain": 0, "not_found": 0}


def test_the_statuses_of_the_board_are_those_of_answers():
    """The panel of what was not found counts what is counted."""
    from bot.answering.answers import Status

    named = {
        value for expression in EXPRESSIONS for value in re.findall(r'localism_answers_total\{status="(\w+)"', expression)
    }
    assert named == {Status.NOT_FOUND.value}


def test_the_page_lists_everything_that_is_told_and_no_more(told):
    """With the labels of each."""
    rows = {
        name: set(re.findall(r"\w+", labels))
        for name, labels in re.findall(r"^\| `(localism_\w+)` \| ([\w, ]*)\|", PAGE, re.M)
    }
    expected = {
        family.name + ("_total" if family.type == "counter" else ""): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in told
    }
    assert rows == expected


def test_every_panel_says_where_it_gets_its_numbers():
    """The source is chosen when the board is imported; no panel stands on another, none has the number of another."""
    source = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
    assert all(panel["datasource"] == source for panel in BOARD["panels"])
    assert all(target["datasource"] == source for panel in BOARD["panels"] for target in panel["targets"])
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in BOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
