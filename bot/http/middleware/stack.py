"""Everything that a request passes before its route, and a response after it.

Comes in: an application, its metrics and the operator's choices. Goes out: the same application, surrounded. Refuses to know the
routes.
"""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from bot.http.admin.upload_address import UPLOADS
from bot.http.metrics import Metrics
from bot.http.middleware.body_limit import BodyLimit
from bot.http.middleware.outer import Outer
from bot.http.middleware.places import Places
from bot.http.middleware.rate_limit import RateLimit
from bot.http.middleware.route_kinds import bounds_of
from bot.http.middleware.slashes import NoSlashAtEnd
from bot.http.options import HttpOptions

GZIP_FROM = 1000  # bytes; smaller answers fit in one packet anyway
GZIP_LEVEL = 4  # level 9 takes four times as long for 3 % fewer bytes
READABLE_HEADERS = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After")


def add_middleware(app: FastAPI, metrics: Metrics, options: HttpOptions) -> None:
    """Add what surrounds the routes, the innermost first."""
    bounds = bounds_of(options)
    app.add_middleware(Places, bounds=bounds)  # within the limit of bodies: who sends slowly holds no place meanwhile
    app.add_middleware(BodyLimit, most_bytes=options.most_body_bytes, seconds=options.body_seconds, apart=UPLOADS)
    app.add_middleware(NoSlashAtEnd)
    app.add_middleware(RateLimit, bounds=bounds)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    if options.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Content-Type", "If-None-Match"),
            expose_headers=READABLE_HEADERS,
        )
    app.add_middleware(Outer, metrics=metrics, base_path=options.base_path, secure=options.public_url.startswith("https://"))
