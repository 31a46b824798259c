"""The double refuses what Discord refuses."""

import pytest

from tests.discord_double.shapes import (
    COMPONENTS_V2,
    choices_complaints,
    command_complaints,
    message_complaints,
    modal_complaints,
)

SILENT: dict[str, object] = {"allowed_mentions": {"parse": []}}
TEXT = {"type": 10, "content": "x"}
BUTTON = {"type": 2, "style": 2, "label": "x", "custom_id": "x"}


def card(*components: dict[str, object], **more: object) -> dict[str, object]:
    """Return a message of components."""
    return {"components": list(components), "flags": COMPONENTS_V2, **SILENT, **more}


def row(*buttons: dict[str, object]) -> dict[str, object]:
    """Return a row of buttons."""
    return {"type": 1, "components": list(buttons)}


@pytest.mark.parametrize(
    "payload",
    [
        {"content": "x" * 2001, **SILENT},
        {"content": "👍" * 1001, **SILENT},
        {"content": " ", **SILENT},
        {"content": "x"},
        {"content": "x", "allowed_mentions": {"parse": ["everyone"]}},
        {"content": "x", "allowed_mentions": {"parse": [], "replied_user": True}},
        {"content": "x", "nonce": "1" * 26, **SILENT},
        card(),
        card({"type": 10, "content": "x" * 4001}),
        card(*[TEXT] * 41),
        card(TEXT, content="x"),
        card({"type": 10, "content": " "}),
        card(BUTTON),
        card(row()),
        card(row(*[{**BUTTON, "custom_id": str(number)} for number in range(6)])),
        card(row(BUTTON, BUTTON)),
        card(row({**BUTTON, "custom_id": "x" * 101})),
        card(row({**BUTTON, "label": "x" * 81})),
        card(row({"type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"})),
        card(row({"type": 2, "style": 5, "label": "x", "url": "https://" + "x" * 512})),
        card({"type": 9, "components": [TEXT]}),
        card({"type": 12, "items": [{"media": {"url": "attachment://missing.png"}}]}),
        card({"type": 12, "items": [{"media": {"url": "https://x.org"}, "description": "x" * 1025}]}),
        card({"type": 17, "components": []}),
        card({**TEXT, "id": 7}, {**TEXT, "id": 7}),
    ],
)
def test_a_message_that_discord_refuses_is_refused(payload):
    """Each breaks one documented limit."""
    assert len(message_complaints(payload, {})) == 1


def test_usual_messages_are_taken():
    """Words, a card, a card with a picture."""
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://page.png"}, "description": "x" * 1024}]}
    attached = {"attachments": [{"id": 0, "filename": "page.png", "description": "x" * 1024}]}
    assert message_complaints({"content": "x" * 2000, **SILENT}, {}) == []
    assert message_complaints(card({"type": 17, "components": [TEXT, row(BUTTON)]}), {}) == []
    assert message_complaints(card(gallery, **attached), {"page.png": b"x"}) == []


def test_forms_choices_and_commands_are_checked_too():
    """One broken limit of each."""
    label = {"type": 18, "label": "x" * 46, "component": {"type": 4, "custom_id": "x"}}
    assert modal_complaints({"custom_id": "x", "title": "x", "components": [label]})
    assert choices_complaints({"choices": [{"name": "x" * 101, "value": "x"}]})
    assert choices_complaints({"choices": [{"name": "x", "value": "x"}] * 26})
    assert command_complaints([{"name": "Upper", "description": "x"}])
    assert command_complaints([{"name": "x", "description": ""}])
    late = [{"name": "a", "type": 3, "description": "x"}, {"name": "b", "type": 3, "description": "x", "required": True}]
    assert command_complaints([{"name": "x", "description": "x", "options": late}])
