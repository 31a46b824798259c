"""The alarms of ``deploy/`` as Prometheus' own ``promtool`` rings them, over counts that are made up.

Run by ``make deploy-test``; skipped where promtool is not installed (Debian: prometheus). That the board and the alarms find their
numbers at a real server is shown by ``python -m benchmarks.board``.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ALARMS = Path(__file__).resolve().parent.parent / "deploy" / "localism-alarms.yml"
promtool = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(promtool is None, reason="promtool is not installed")

# What a healthy server tells, minute by minute, in promtool's way of writing: begin, step, times.
HEALTHY = {
    'up{job="localism"}': "1x1600",
    'localism_responses_total{route="/",status="200"}': "0+60x1600",
    'localism_responses_total{route="/",status="500"}': "0+1x1600",
    'localism_step_seconds_bucket{step="answer",le="2.5"}': "0+96x1600",
    'localism_step_seconds_bucket{step="answer",le="1"}': "0+96x1600",
    'localism_step_seconds_bucket{step="answer",le="+Inf"}': "0+100x1600",
    'localism_discord_healthy{instance="one"}': "0x1600",
    'localism_discord_healthy{instance="two"}': "1x1600",
    "localism_build_passages": "1000x1445 901x155",
}
# Each alarm, and what else it takes to ring it at minute 1500.
RINGING = {
    "LocalismCannotBeAsked": {'up{job="localism"}': "1x1494 0x106"},
    "LocalismFails": {'localism_responses_total{route="/",status="500"}': "0+4x1600"},
    "LocalismIsSlow": {'localism_step_seconds_bucket{step="answer",le="1"}': "0+90x1600"},
    "LocalismIsAbsentFromDiscord": {'localism_discord_healthy{instance="two"}': "1x1489 0x111"},
    "LocalismLostPassages": {"localism_build_passages": "1000x1445 899x155"},
}
MINUTE = "1500m"


def judged(folder: Path, told: dict[str, str], ringing: str = "") -> subprocess.CompletedProcess[str]:
    """Let promtool say whether of all alarms only ``ringing`` rings at the minute."""
    names = re.findall(r"alert: (\w+)\n", ALARMS.read_text(encoding="utf-8"))
    trial = {
        "rule_files": [str(ALARMS)],
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in told.items()],
                "promql_expr_test": [
                    {
                        "expr": f'sum by () (ALERTS{{alertname="{name}",alertstate="firing"}})',
                        "eval_time": MINUTE,
                        "exp_samples": [{"labels": "{}", "value": 1}] if name == ringing else [],
                    }
                    for name in names
                ],
            }
        ],
    }
    path = folder / "trial.yml"
    path.write_text(json.dumps(trial), encoding="utf-8")  # what is JSON is YAML
    return subprocess.run([str(promtool), "test", "rules", str(path)], capture_output=True, text=True, check=False)


@needs_promtool
def test_promtool_reads_the_alarms_without_a_complaint():
    """Each of them."""
    done = subprocess.run([str(promtool), "check", "rules", str(ALARMS)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(RINGING)} rules found" in done.stdout


@needs_promtool
def test_no_alarm_rings_while_all_is_well(tmp_path: Path):
    """One machine of two is connected to Discord, one of 60 responses fails, four of 100 answers are slow, a little was lost."""
    done = judged(tmp_path, HEALTHY)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
@pytest.mark.parametrize("name", RINGING)
def test_each_alarm_rings_for_its_own_trouble_alone(name: str, tmp_path: Path):
    """The one and none of the others."""
    done = judged(tmp_path, HEALTHY | RINGING[name], name)
    assert done.returncode == 0, done.stdout + done.stderr
