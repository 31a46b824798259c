"""The version in an address of the API: ``/api/v1/ask`` is the same as ``/api/ask``.

Comes in: paths below the base path. Goes out: paths. A change that would break a program gets a new
version; ``/api/…`` is always the newest. Refuses to know any route.
"""

_PLAIN, _VERSIONED = "/api/", "/api/v1/"


def versioned(path: str) -> str:
    """Return ``path`` with the version in it, as it is described; what is no address of the API stays as it is."""
    return _VERSIONED + path.removeprefix(_PLAIN) if path.startswith(_PLAIN) and not path.startswith(_VERSIONED) else path


def unversioned(path: str) -> str:
    """Return ``path`` without the version, as the routes know it."""
    return _PLAIN + path.removeprefix(_VERSIONED) if path.startswith(_VERSIONED) else path
