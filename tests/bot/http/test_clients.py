"""Connections of one client and of all are bounded; who is idle makes room, who is at work stays."""

from dataclasses import dataclass, field

from bot.http.clients import Connections, Proxies


@dataclass(eq=False)
class Held:
    """A connection that notes when it is cut."""

    address: str
    idle: bool = True
    was_cut: bool = field(default=False, init=False)

    def cut(self) -> None:
        """Note it."""
        self.was_cut = True


def entered(connections: Connections, *held: Held) -> list[bool]:
    """Let each in that may."""
    return [connections.enter(one, one.address) for one in held]


def test_the_oldest_idle_connection_of_the_same_client_makes_room():
    """Nobody else's, and none that is at work."""
    connections = Connections(Proxies(()), most_of_one=3, most_in_all=100)
    other, busy, old, new, late = Held("b"), Held("a", idle=False), Held("a"), Held("a"), Held("a")
    assert entered(connections, other, busy, old, new, late) == [True] * 5
    assert [one.was_cut for one in (other, busy, old, new, late)] == [False, False, True, False, False]
    connections.leave(old, "a")  # as the server says when it is gone
    assert connections.count == 4


def test_where_all_of_a_client_are_at_work_the_next_is_refused():
    """Until one of them ends."""
    connections = Connections(Proxies(()), most_of_one=2, most_in_all=100)
    first, second, third = (Held("2001:db8:1:2::" + end, idle=False) for end in "123")
    assert entered(connections, first, second, third) == [True, True, False]
    connections.leave(third, third.address)
    connections.leave(first, first.address)
    assert entered(connections, third) == [True]
    assert connections.count == 2


def test_when_the_house_is_full_who_has_most_makes_room():
    """One visitor with one connection is not cut for another."""
    connections = Connections(Proxies(()), most_of_one=4, most_in_all=5)
    many, one, new = [Held("a") for _ in range(4)], Held("b"), Held("c")
    assert entered(connections, *many, one, new) == [True] * 6
    assert [held.was_cut for held in (*many, one, new)] == [True, False, False, False, False, False]


def test_a_proxy_has_no_limit_of_its_own():
    """It counts among all."""
    connections = Connections(Proxies(("10.0.0.1",)), most_of_one=1, most_in_all=3)
    assert entered(connections, *(Held("10.0.0.1", idle=False) for _ in range(4))) == [True, True, True, False]


def test_nothing_is_kept_of_who_has_gone():
    """No address stays in memory."""
    connections = Connections(Proxies(()))
    held = Held("203.0.113.1")
    entered(connections, held)
    connections.leave(held, held.address)
    connections.leave(held, held.address)
    assert (connections.count, connections._open) == (0, {})
