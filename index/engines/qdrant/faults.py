"""What Qdrant says when it does not do what was asked, in words that an operator can act on.

Comes in: whatever its client raises. Goes out: an error of ours. Refuses to repeat the address: it may hold a key.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from index.errors import BuildError, DamagedBuild, EngineRefused, EngineUnreachable, NotWritten

_REFUSED = {401, 403, grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}
_GONE = {404, grpc.StatusCode.NOT_FOUND}
_FULL = {507, grpc.StatusCode.RESOURCE_EXHAUSTED}
_AWAY = {
    408, 429, 502, 503, 504, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED,
}  # fmt: skip


@contextmanager
def in_words(place: str) -> Iterator[None]:
    """Turn what the client raises of the Qdrant at ``place`` into what a person can mend."""
    try:
        yield
    except ResponseHandlingException:
        raise unreachable(place) from None
    except UnexpectedResponse as error:
        raise _meant(error.status_code, str(error.content), place) from None
    except grpc.RpcError as error:
        code = error.code() if isinstance(error, grpc.Call) else None
        raise _meant(code, str(error), place) from None
    except ValueError as error:  # of the client that keeps everything in this process
        if "not found" not in str(error):
            raise
        raise _meant(404, "", place) from None


def unreachable(place: str) -> EngineUnreachable:
    """Say that ``place`` does not answer."""
    return EngineUnreachable(
        f"The passages lie in Qdrant at {place}, which does not answer at this moment. Ask again in a minute."
    )


def _meant(code: object, said: str, place: str) -> BuildError:
    if code in _REFUSED:
        return EngineRefused(
            f"Qdrant at {place} refuses the key. Correct LOCALISM_ENGINE: qdrant+https://key:<the API key>@host:6333."
        )
    if code in _FULL or "no space" in said.lower() or "disk" in said.lower():
        return NotWritten(f"Qdrant at {place} takes nothing more: there is no room. Make room there, and publish again.")
    if code in _GONE:
        return DamagedBuild(
            f"Qdrant at {place} has lost a collection of this build, or somebody dropped it. Publish it again: localism-ingest engine"
        )
    if code in _AWAY:
        return unreachable(place)
    return DamagedBuild(f"Qdrant at {place} did not do what was asked of it ({code}).")
