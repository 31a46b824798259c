"""What the operator's token must be, so that guessing is hopeless.

Comes in: the token. Goes out: the token, or one sentence that says how to make a better one. Refuses to show it.
"""

from bot.errors import SettingsError

LEAST_CHARACTERS = 20
_HOW = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"'


def checked_token(token: str) -> str:
    """Return ``token``, empty where none is set.

    Raises:
        SettingsError: it is too short, or holds what a header cannot carry.
    """
    if not token:
        return ""
    if len(token) < LEAST_CHARACTERS:
        raise SettingsError(
            f"LOCALISM_ADMIN_TOKEN has {len(token)} characters; at least {LEAST_CHARACTERS} are wanted, that nobody can guess. {_HOW}"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError(
            f"LOCALISM_ADMIN_TOKEN holds a space or a letter that cannot be sent; take plain letters, digits and signs. {_HOW}"
        )
    return token
