"""The tree that the docstring draws is the tree there is."""

import inspect
import re

from index import errors
from index.errors import LocalismError


def drawn() -> dict[str, str]:
    """Return each class of the drawing with the one that it stands below."""
    above, found = {-1: "Exception"}, {}
    for line in (errors.__doc__ or "").splitlines():
        if named := re.match(r"([│├└─ ]*)([A-Z]\w+)(?: |$)", line):
            depth = len(named[1]) // 4
            if named[2] in vars(errors):
                above[depth], found[named[2]] = named[2], above[depth - 1]
    return found


def test_the_drawing_shows_every_error_where_it_stands():
    """Whoever catches one reads it there."""
    classes = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind)}
    assert drawn() == {name: kind.__base__.__name__ for name, kind in classes.items() if kind.__base__}


def test_every_error_is_something_that_a_user_can_mend():
    """Surfaces show its message as it stands."""
    assert all(issubclass(kind, LocalismError) for kind in vars(errors).values() if inspect.isclass(kind))
