"""The board and the alarms, asked of a real Prometheus that watches a real server.

    python -m benchmarks.board [--prometheus PATH] [--index DIR]

Starts the local double of Discord, the server with a copy of the live build and a bot on it, and Prometheus with the settings that
docs/monitoring.md shows, all on loopback. Asks for some seconds, in every way that is counted. Then asks of Prometheus each expression
of deploy/grafana.json and each alarm, over a stretch of time as the board does: each must be understood and give numbers. An alarm
gives none while all is well, so it is asked whether it would, with ``bool``. What Prometheus' own ``promtool`` says of settings,
alarms and ``/metrics`` is printed where it lies beside it. Ends with 1 where anything is wrong.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from benchmarks.board_expressions import ALARMS, PAGE, Asked, expressions
from index.build.layout import DEFAULT_BUILDS
from tests.discord_double.running import running_double
from tests.discord_double.server import GOOD
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  of this run
QUESTIONS = (
    "who can nominate a pub",
    "How do I boil an egg?",
    "is there a pub open tonight",
    "who decides on a neighbourhood plan",
)
ROUNDS = 4
A_MINUTE = 60  # questions: so few that some are refused at the end
SERVE = (
    "import sys, discord, yarl; from bot.__main__ import main; "
    "discord.http.Route.BASE = f'http://{sys.argv[1]}/api/v10'; "
    "discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f'ws://{sys.argv[1]}/'); "
    "sys.exit(main(['serve', '--workers', '1']))"
)


@contextmanager
def double() -> Iterator[str]:
    """Run the double of Discord on a thread; gives its address."""
    loop, ending, found = asyncio.new_event_loop(), asyncio.Event(), list[str]()

    async def until_the_end() -> None:
        async with running_double() as server:
            found.append(server.address)
            await ending.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(until_the_end()))
    thread.start()
    try:
        wait_for(lambda: found)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(30)
        loop.close()


@contextmanager
def ended(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def settings_of_prometheus(folder: Path, port: int) -> Path:
    """Write what the page shows, the token along, with the port, the token's file, the alarms and a quicker look put in."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    text = "".join(re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in blocks)
    (folder / "token").write_text(TOKEN, encoding="utf-8")
    for there, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{port}"),
        ("/etc/prometheus/localism-token", str(folder / "token")),
        ("/etc/prometheus/localism-alarms.yml", str(ALARMS)),
    ):
        if text.count(there) != 1:
            raise SystemExit(
                f"docs/monitoring.md: {there} stands {text.count(there)} times in what is shown, once was expected."
            )
        text = text.replace(there, here)
    path = folder / "prometheus.yml"
    path.write_text(f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n{text}", encoding="utf-8")
    return path


def ask_for_a_while(base: str, builds: Path) -> None:
    """Ask in the ways that are counted, round by round, so that counts rise while Prometheus looks.

    At the end too often, and without the ``builds`` that are answered from.
    """
    codes = set()
    with httpx2.Client(base_url=base, timeout=60) as client:
        for number in range(ROUNDS):
            for question in QUESTIONS:
                client.get("/api/ask", params={"q": f"{question}{'?' * (number % 2)}"})
                client.get("/", params={"q": question})
            first = client.get("/api/ask", params={"q": QUESTIONS[0]}).json()["passages"][0]
            client.get(f"/p/{first['id']}")
            time.sleep(2)  # what Prometheus sees once only has no rate
        shutil.rmtree(builds)  # what the server says of itself from now on is 503
        for _ in range(3):
            codes |= {client.get("/api/ask", params={"q": QUESTIONS[0]}).status_code for _ in range(A_MINUTE)}
            codes.add(client.get("/readyz").status_code)
            time.sleep(2)
    if not {429, 503} <= codes:
        raise SystemExit(f"The board has nothing to show of refusals and errors: {sorted(codes)}.")


def asked(client: httpx2.Client, one: Asked, since: float) -> str:
    """Return what is wrong with an expression; empty where nothing is."""
    span: dict[str, str | float] = {"query": one.expression, "start": since, "end": time.time(), "step": 1}
    found = client.get("/api/v1/query_range", params=span).json()
    if found["status"] != "success":
        return str(found["error"])
    series = found["data"]["result"]
    numbers = [float(value) for each in series for _, value in each["values"] if value != "NaN"]
    names = "; ".join(",".join(f"{k}={v}" for k, v in each["metric"].items()) or "-" for each in series)
    print(
        f"{len(series):3} lines {len(numbers):4} numbers, last {numbers[-1] if numbers else '-':>22}  {one.where}: {one.expression}"
    )
    print(f"      {names}")
    return "" if numbers else "no number came"


def tooled(promtool: str | None, settings: Path, base: str) -> Iterator[str]:
    """Yield what ``promtool`` finds wrong with the settings, the alarms and what the server tells."""
    if promtool is None:
        print("promtool is not installed: settings, alarms and /metrics were not shown to it.")
        return
    told = httpx2.get(f"{base}/metrics").content
    for command, given in ((["check", "config", str(settings)], b""), (["check", "metrics"], told)):
        done = subprocess.run([promtool, *command], input=given, capture_output=True, check=False)
        print(done.stdout.decode(), done.stderr.decode())
        if done.returncode:
            yield f"promtool {' '.join(command)}: code {done.returncode}"


def watched(base: str, prometheus: str, promtool: str | None, folder: Path, port: int) -> list[str]:
    """Start Prometheus, ask, and return what is wrong."""
    settings, here = settings_of_prometheus(folder, port), free_port()
    storage = [f"--storage.tsdb.path={folder / 'kept'}", f"--web.listen-address=127.0.0.1:{here}", "--log.level=warn"]
    with (
        ended([prometheus, f"--config.file={settings}", *storage]) as process,
        httpx2.Client(base_url=f"http://127.0.0.1:{here}", timeout=30) as client,
    ):
        wait_for(lambda: process.poll() is not None or _says_yes(client, "/api/v1/query", query='up{job="localism"} == 1'))
        since = time.time()
        ask_for_a_while(base, folder / "builds")
        wrong = [f"{one.where}: {one.expression}: {said}" for one in expressions() if (said := asked(client, one, since))]
        rules = client.get("/api/v1/rules").json()["data"]["groups"]
        print(
            "alarms:",
            ", ".join(f"{rule['name']} {rule['health']} {rule['state']}" for group in rules for rule in group["rules"]),
        )
        wrong += [f"alarm {rule['name']}: {rule['lastError']}" for g in rules for rule in g["rules"] if rule["health"] != "ok"]
        return wrong + list(tooled(promtool, settings, base))


def _says_yes(client: httpx2.Client, path: str, **query: str) -> bool:
    try:
        found = client.get(path, params=query)
    except httpx2.HTTPError:
        return False
    return found.status_code == 200 and (not query or bool(found.json()["data"]["result"]))


def main() -> int:
    """Start all, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prometheus", default=shutil.which("prometheus"), help="the program (Debian: prometheus)")
    parser.add_argument("--index", type=Path, default=Path(os.environ.get("LOCALISM_INDEX", DEFAULT_BUILDS)))
    options = parser.parse_args()
    if options.prometheus is None:
        raise SystemExit("Prometheus is not installed, and --prometheus names none.")
    beside = Path(options.prometheus).with_name("promtool")
    with tempfile.TemporaryDirectory() as name, double() as address:
        shutil.copytree(options.index, Path(name) / "builds")
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        settings = {"INDEX": f"{name}/builds", "PORT": str(port), "STATE": f"{name}/state", "ADMIN_TOKEN": TOKEN}
        settings |= {"DISCORD_TOKEN": GOOD, "QUESTIONS_PER_MINUTE": str(A_MINUTE)}
        environment = {f"LOCALISM_{key}": value for key, value in settings.items()}
        with ended([sys.executable, "-c", SERVE, address], **environment) as server:
            with httpx2.Client(base_url=base, timeout=5) as client:
                wait_for(lambda: server.poll() is not None or _says_yes(client, "/readyz"))
            wrong = watched(base, options.prometheus, str(beside) if beside.exists() else None, Path(name), port)
    print("\n".join(wrong) or "Every expression gives numbers.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
