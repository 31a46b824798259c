"""The application that the bot belongs to, as Discord describes it."""

from typing import Any

from tests.discord_double.people import APPLICATION, user


def application() -> dict[str, Any]:
    """Return the application."""
    return {
        "id": APPLICATION,
        "name": "Localism",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "team": None,
        "owner": user("500"),
        "flags": 0,
        "rpc_origins": [],
        "install_params": None,
    }
