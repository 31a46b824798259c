"""What Qdrant says when it does not do what was asked, in words that an operator can act on.

Comes in: whatever its client raises. Goes out: an error of ours. Refuses to repeat the address: it may hold a key.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from index.errors import BuildError, DamagedBuild, EngineRefused, EngineUnreachable, NotWritten

_REFUSED = {401, 403, grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}
_GONE = {404, grpc.StatusCode.NOT_FOUND}
_FULL = {507, grpc.StatusCode.RESOURCE_EXHAUSTED}
_TAKEN = {409, grpc.StatusCode.ALREADY_EXISTS}
_AWAY = {
    408, 429, 502, 503, 504, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED,
}  # fmt: skip
_NO_ROOM = ("no space", "disk", "memory usage")
_TOO_LARGE = ("larger than max", "message length too large")  # what stands between may know a limit; Qdrant has none
_TOO_OFTEN = "rate limit"  # over gRPC under the same number as a disk that is full
_TOO_FEW = ("active replicas", "read operations failed")  # of the nodes that hold copies
_SPEAKS_OTHERWISE = ("http/2", "http1", "handshake failed")


@contextmanager
def in_words(place: str) -> Iterator[None]:
    """Turn what the client raises of the Qdrant at ``place`` into what a person can mend."""
    try:
        yield
    except (ResponseHandlingException, ResourceExhaustedResponse):  # the second: too often, with the seconds to wait
        raise unreachable(place) from None
    except (UnexpectedResponse, grpc.RpcError) as error:
        raise _meant(_code_of(error), str(error).lower(), place) from None
    except ValueError as error:  # of the client that keeps everything in this process
        if "not found" not in str(error):
            raise
        raise _meant(404, "", place) from None


def is_taken(error: Exception) -> bool:
    """Tell of what the client raised whether a collection was not made because there is one of that name."""
    return _code_of(error) in _TAKEN or "already exists" in str(error)


def unreachable(place: str) -> EngineUnreachable:
    """Say that ``place`` does not answer."""
    return EngineUnreachable(
        f"The passages lie in Qdrant at {place}, which does not answer at this moment. Ask again in a minute."
    )


def _code_of(error: Exception) -> object:
    if isinstance(error, UnexpectedResponse):
        return error.status_code
    return error.code() if isinstance(error, grpc.Call) else None


def _meant(code: object, said: str, place: str) -> BuildError:
    if code in _REFUSED:
        return EngineRefused(
            f"Qdrant at {place} refuses the key. Correct LOCALISM_ENGINE: qdrant+https://key:<the API key>@host:6333."
        )
    if _one_of(_TOO_LARGE, said):
        return EngineRefused(
            f"What stands before Qdrant at {place} passes on no message of this size. Let it pass on 32 MB, as Qdrant itself takes."
        )
    if code is grpc.StatusCode.UNIMPLEMENTED or (code is grpc.StatusCode.UNAVAILABLE and _one_of(_SPEAKS_OTHERWISE, said)):
        return EngineRefused(
            f"At {place} nothing speaks gRPC as LOCALISM_ENGINE says. Wanted is qdrant+http:// where it is not encrypted, "
            "qdrant+https:// where it is, with a certificate that this machine trusts, and a port of its own: ?grpc_port=6334."
        )
    if _TOO_OFTEN not in said and (code in _FULL or _one_of(_NO_ROOM, said)):
        return NotWritten(f"Qdrant at {place} takes nothing more: there is no room. Make room there, and publish again.")
    if code in _GONE:
        return DamagedBuild(
            f"Qdrant at {place} has lost a collection of this build, or somebody dropped it. Publish it again: localism-ingest engine"
        )
    if code in _AWAY or code in _FULL or _one_of(_TOO_FEW, said):
        return unreachable(place)
    return DamagedBuild(f"Qdrant at {place} did not do what was asked of it ({code}).")


def _one_of(words: tuple[str, ...], said: str) -> bool:
    return any(word in said for word in words)
