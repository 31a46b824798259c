"""``python -m bot.http > bot/web/openapi.json``: print the description of the API, which the repository pins."""

import json
from typing import cast

from bot.answering.answer_source import AnswerSource
from bot.http.app import create_app
from bot.http.options import HttpOptions


def main() -> None:
    """Print the OpenAPI file. The routes describe themselves without a build, so none is opened."""
    app = create_app(cast(AnswerSource, None), HttpOptions())
    print(json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True))


if __name__ == "__main__":
    main()
