"""``python -m bot.state.admin_runner JOB DONE``: run the commands of a job one after the other and write the exit code last.

Comes in: the folder of a job, and how many of its commands have ended before. Goes out: its files. Refuses to know the commands.
"""

import json
import subprocess
import sys
from pathlib import Path

from bot.state.admin_jobs import CODE, JOB_FILE
from index.build.layout import replace_text
from index.installation import full_name

WENT_WELL = {0, 1, 3}  # done · done, and something could not be read · done, and not published


def main() -> int:
    """Run the job."""
    folder, done_before = Path(sys.argv[1]), int(sys.argv[2])
    code = 0
    for command in json.loads((folder / JOB_FILE).read_text(encoding="utf-8"))["commands"][done_before:]:
        done = subprocess.run([sys.executable, "-m", full_name("ingest"), *command], check=False)  # noqa: S603  # our own program
        code = done.returncode
        if code not in WENT_WELL:
            break
    replace_text(folder / CODE, str(code))
    return code


if __name__ == "__main__":
    sys.exit(main())
