"""Times as people write them.

Comes in: a time in ISO 8601. Goes out: "30 November 2026 at 12:36 UTC". Refuses to know a reader's own time.
"""

from datetime import UTC, datetime


def as_written(iso: str) -> str:
    """Return the day, and the time where ``iso`` has one, in UTC; what is no time comes back as it is."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    day = f"{moment.day} {moment:%B %Y}"
    if len(iso) <= len("2026-11-30"):
        return day
    there = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{there.day} {there:%B %Y} at {there:%H:%M} UTC"
