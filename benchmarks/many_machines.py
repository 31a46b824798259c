"""What several machines cost: how long Discord is unserved when a process is killed, and what keeping things together takes.

``python -m benchmarks.many_machines [--kills N]``. A real PostgreSQL (that of the tests, which does not wait for the disk) on this
machine, our double of Discord, and bots in processes of their own. Prints its tables.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from pydantic import SecretStr

from bot.settings import Place
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore, Verdict
from bot.state.machines import Leases
from bot.state.shared_counts import SharedCounts
from tests.conftest import ROOT
from tests.discord_double.running import running_double
from tests.discord_double.sessions import ManySessions
from tests.postgres_server import PostgresServer, running_postgres

TIMES = 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5, metavar="N", help="how often a holder is killed (%(default)s)")
    kills = parser.parse_args().kills
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        print("| one of these | SQLite ms | PostgreSQL ms |\n|---|---|---|")
        places: tuple[Place, Place] = Path(folder), SecretStr(postgres.new_database())
        for name, sqlite, shared in zip(WORK, *map(_costs, places), strict=True):
            print(f"| {name} | {sqlite:.2f} | {shared:.2f} |")
        waits = asyncio.run(_handovers(postgres, kills))
    told = f"{min(waits):.1f} to {max(waits):.1f} s later, median {median(waits):.1f} s"
    print(f"\n`kill -9` of who is connected to Discord, {kills} times: another was connected {told}.")


WORK = ("verdict kept", "lease renewed", "exchange of 20 clients' counts")


def _costs(place: Place) -> list[float]:
    """Return what each piece of work takes, in milliseconds, median."""
    store = open_store(place)
    with (
        closing(FeedbackStore(store)) as feedback,
        closing(Leases(store)) as leases,
        closing(SharedCounts(store, "")) as counts,
    ):

        def exchange() -> None:
            for number in range(20):
                counts.add(f"client {number}", 60)
            counts.exchange()

        return [
            _median(lambda: feedback.add("p", "d", Verdict.HELPFUL)),
            _median(lambda: leases.take("work", "a", 6)),
            _median(exchange),
        ]


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return 1000 * median(times)


async def _handovers(postgres: PostgresServer, kills: int) -> list[float]:
    """Kill who is connected, again and again; returns the seconds until another is."""
    state, waits = postgres.new_database(), []
    async with running_double() as double:
        gateway = ManySessions(double.token, double.changed)
        gateway.url = f"ws://{double.address}/"
        double.gateway = gateway
        command = [sys.executable, "-m", "tests.discord_double.bot_process", double.address, state]
        bots = [_begun(command), _begun(command)]
        try:
            for _ in range(kills):
                await asyncio.wait_for(gateway.connected.wait(), 60)
                await asyncio.sleep(8)  # for the other one to be up and waiting
                with closing(Leases(open_store(SecretStr(state)))) as leases:
                    holder = int(leases.holder("discord gateway").split()[1])
                next(bot for bot in bots if bot.pid == holder).kill()
                begun = time.perf_counter()
                await double.until(lambda: not gateway.serving, 60)  # the system closes the connections of what it killed
                await asyncio.wait_for(gateway.connected.wait(), 60)
                waits.append(time.perf_counter() - begun)
                bots = [bot for bot in bots if bot.poll() is None]
                bots.append(_begun(command))
        finally:
            for bot in bots:
                bot.kill()
                bot.wait()
    return waits


def _begun(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
