"""Which node is believed when they do not agree, and which are asked."""

import pytest

from index.engines.engine import LivePointer
from index.engines.postgres.node import Node, Standing
from index.engines.postgres.nodes import Nodes
from index.errors import BuildError, EngineUnreachable

OLD, NEW = LivePointer("old", 5), LivePointer("new", 6)


def leads(pointer, timeline=1):
    """A node that leads."""
    return Standing(True, timeline, True, pointer)


def follows(pointer, primary=True):
    """A replica, and whether its primary is there."""
    return Standing(False, 0, primary, pointer)


@pytest.fixture
def nodes(monkeypatch):
    """Three nodes, of which a test says how they stand; None stands for one that does not answer."""
    standing: dict[str, Standing | None] = {}

    def look(node: Node) -> BuildError | None:
        node.standing = standing[node.place.split(",")[0].split(":")[0]]
        return None if node.standing else EngineUnreachable(f"{node.place} does not answer")

    monkeypatch.setattr(Node, "look", look)
    made = Nodes("postgresql://u:p@a,b,c:5433/db")

    def seen(a, b, c) -> LivePointer | None:
        standing.update(a=a, b=b, c=c)
        return made.pointer()

    yield made, seen
    made.close()


def asked(nodes: Nodes, serial: int) -> set[str]:
    """The nodes that are asked for a build that was made live with this number."""
    return {node.place[0] for node in nodes._in_step(serial)}


def test_who_leads_is_believed(nodes):
    """Replicas follow a moment later, and are asked for the new build when they have it."""
    made, seen = nodes
    assert seen(leads(NEW), follows(OLD), follows(NEW)) == NEW
    assert asked(made, 6) == {"a", "c"}
    assert asked(made, 5) == {"a", "b", "c"}


def test_without_a_leader_replicas_go_on_with_what_was_live(nodes):
    """The primary was killed: whoever has seen what it said last answers."""
    made, seen = nodes
    seen(leads(NEW), follows(NEW), follows(NEW))
    assert seen(None, follows(NEW, primary=False), follows(NEW, primary=False)) == NEW
    assert asked(made, 6) == {"b", "c"}


def test_a_replica_that_follows_a_dead_primary_is_not_believed(nodes):
    """One was promoted and has published; the other never heard of it, and alone it may not answer."""
    made, seen = nodes
    seen(leads(OLD), follows(OLD), follows(OLD))
    assert seen(None, leads(NEW, timeline=2), follows(OLD, primary=False)) == NEW
    assert asked(made, 6) == {"b"}
    with pytest.raises(EngineUnreachable, match="behind what was published"):
        seen(None, None, follows(OLD, primary=False))
    assert asked(made, made.serial) == set()


def test_a_primary_that_comes_back_from_the_dead_is_not_believed(nodes):
    """It leads by an older timeline, whatever it says."""
    made, seen = nodes
    seen(None, leads(NEW, timeline=2), follows(NEW))
    assert seen(leads(LivePointer("wrong", 9), timeline=1), leads(NEW, timeline=2), follows(NEW)) == NEW
    assert asked(made, 6) == {"b", "c"}
    with pytest.raises(EngineUnreachable):
        seen(leads(LivePointer("wrong", 9), timeline=1), None, None)


def test_a_publication_that_died_with_the_primary_is_given_up(nodes):
    """Who was promoted has never heard of it, and leads: a day's work is lost, the service is not."""
    made, seen = nodes
    assert seen(leads(NEW), follows(OLD), follows(OLD)) == NEW
    assert seen(None, leads(OLD, timeline=2), follows(OLD)) == OLD
    assert asked(made, made.serial) == {"b", "c"}


def test_nobody_answers(nodes):
    """And one sentence says so."""
    _, seen = nodes
    with pytest.raises(EngineUnreachable, match="does not answer"):
        seen(None, None, None)
