"""MCP as the settings want it. Imported only where it is switched on: its SDK takes 26 MB and a second or two.

Comes in: the application and settings, or the answer service. Goes out: the application with one more route, or a process that speaks
to one program. Refuses to read the environment.
"""

from starlette.applications import Starlette

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Answer
from bot.errors import SettingsError
from bot.http.api.ask import Asked, answer_to
from bot.http.http_state import HttpState
from bot.http.middleware.rate_limit import RateLimiter
from bot.http.middleware.route_kinds import RouteKind
from bot.settings import Settings

try:
    from bot.mcp.server import Desk
    from bot.mcp.transports import Mounted, serve_stdio
except ModuleNotFoundError as error:
    raise SettingsError(
        f"MCP is asked for, and a package for it is not here ({error.name}). Install them: pip install "
        "'localism[mcp]', or from a checkout: .venv/bin/pip install --require-hashes --no-deps -r requirements/mcp.txt"
    ) from None


def mount_mcp(app: Starlette) -> None:
    """Let ``app`` answer at /mcp too, with the limits that it has for questions."""
    state: HttpState = app.state.http
    mounted = Mounted(
        _desk(state), state.options.allowed_origins + ((state.options.public_url,) if state.options.public_url else ())
    )
    app.router.routes.append(mounted.route)
    app.state.beside.append(mounted.running)


def run_mcp(service: AnswerSource, settings: Settings) -> None:
    """Answer one program over standard input and output."""
    serve_stdio(service, f"{settings.public_url.rstrip('/')}{settings.base_path}" if settings.public_url else "")


def _desk(state: HttpState) -> Desk:
    # The same counters as those of /api/ask: a question counts once, whichever way it comes.
    limiter = RateLimiter(state.options.asking, RouteKind.ASKING.value, state.counting)

    async def ask(question: str, limit: int, documents: tuple[str, ...] | None) -> Answer:
        return await answer_to(state, Asked(question, limit, documents=documents))

    public = f"{state.options.public_url}{state.options.base_path}" if state.options.public_url else ""
    return Desk(state.service, ask, state.answering, lambda client: limiter.take(client).wait, public)
