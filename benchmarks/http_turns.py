"""One turn of ``benchmarks.http_load``: wrk asks a service distinct questions for some seconds, and its figures are read."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks.http_services import Running

QUESTIONS = (
    "How long does the council have to decide on our nomination",
    "Who can nominate a pub as an asset of community value",
    "Can a parish council challenge the county for its grass cutting",
    "How many people do you need to start a neighbourhood forum",
    "Does the law force our council to pay the living wage",
    "What are the three dimensions of the power cube",
    "How many days have I got to register my interests",
    "Does the right to bid work in Wales",
    "What is co-production in commissioning",
    "Can the council put council tax up without asking us",
)
# Each question ends in a number that comes once only: nothing that remembers answers can help.
SCRIPT = """
local questions, count = {%s}, 0
math.randomseed(os.time())
local run = math.random(1000000)
request = function()
  count = count + 1
  local text = questions[count %% #questions + 1] .. " " .. run .. " " .. count
  return wrk.format("GET", "%s" .. string.gsub(text, " ", "+"))
end
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn under load measured."""

    per_second: float
    p50: float  # milliseconds
    p99: float
    failed: int
    cpu: float  # milliseconds of processor time a request: what a busy machine changes least


def load(running: Running, path: str, connections: int, seconds: int) -> Turn:
    """Ask at ``path`` as fast as ``connections`` can for ``seconds``."""
    before = running.processor_time()
    said = _wrk(running.service.port, path, connections, seconds)
    failures = re.findall(r"Non-2xx or 3xx responses: (\d+)|timeout (\d+)", said)
    requests = int(_found(r"(\d+) requests in", said))
    return Turn(
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        p50=_percentile(50, said),
        p99=_percentile(99, said),
        failed=sum(int(count) for counts in failures for count in counts if count),
        cpu=(running.processor_time() - before) / max(requests, 1),
    )


def _wrk(port: int, path: str, connections: int, seconds: int) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (", ".join(json.dumps(question) for question in QUESTIONS), path))
        script.flush()
        limits = ("-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency", "-s", script.name)
        command = ["wrk", *limits, f"http://127.0.0.1:{port}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _percentile(percent: int, said: str) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", said)
    assert found, said
    return float(found.group(1)) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found.group(2)]


def _found(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    assert found, said
    return found.group(1)
