"""What is asked of Prometheus is what is shipped, and an alarm answers while all is well."""

import json

import pytest

from benchmarks.board_expressions import ALARMS, BOARD, expressions, whether


@pytest.mark.parametrize(
    ("alarm", "asked"),
    [
        ('up{job="localism"} == 0', 'up{job="localism"} == bool 0'),
        ('a{status=~"5.."} > 0.05 * b', 'a{status=~"5.."} > bool 0.05 * b'),
        ("max(a) < 0.9 * max(a offset 1d)", "max(a) < bool 0.9 * max(a offset 5s)"),
    ],
)
def test_an_alarm_is_asked_whether_it_would_ring(alarm, asked):
    """By Prometheus' own word for it; the signs of its labels stay as they are."""
    assert whether(alarm) == asked


def test_every_expression_that_is_shipped_is_asked():
    """Of the board and of the alarms, none twice."""
    board = [target["expr"] for panel in json.loads(BOARD.read_text())["panels"] for target in panel["targets"]]
    alarms = [line.split("expr: ")[1] for line in ALARMS.read_text().splitlines() if "expr: " in line]
    assert [one.expression for one in expressions()] == board + [whether(alarm) for alarm in alarms]
    assert len(alarms) == 5
