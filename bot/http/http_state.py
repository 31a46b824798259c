"""What every route needs, in one place, handed to the functions that make the routes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.answering.answer_source import AnswerSource
from bot.answering.guidance import Suggester
from bot.http.admission.admission import Admission
from bot.http.counting import Counting
from bot.http.metrics import Gateway, Metrics
from bot.http.options import HttpOptions
from bot.pictures.drawing_process import shared_drawing
from bot.pictures.page_pictures import PagePictures, PictureCache
from bot.state.kept import Kept, open_to_keep
from bot.state.shared_counts import SharedCounts
from bot.worker_thread import OffLoop
from index.build.reader import Build

_Value = TypeVar("_Value")


class PerBuild(Generic[_Value]):
    """Something made from a build, made anew when another build is served."""

    def __init__(self, make: Callable[[Build], _Value]) -> None:
        """Make nothing yet."""
        self._make = make
        self._made: tuple[str, _Value] | None = None

    def of(self, build: Build) -> _Value:
        """Return what was made from ``build``."""
        made = self._made
        if made is None or made[0] != build.id:
            made = (build.id, self._make(build))
            self._made = made
        return made[1]


@dataclass(frozen=True, slots=True)
class HttpState:
    """What every route needs."""

    service: AnswerSource
    options: HttpOptions
    edition: str  # digest of templates, static files and options: with the build's id it says whether a page has changed
    asking: OffLoop  # the thread that questions are answered on
    answering: OffLoop  # the thread for everything else that waits for the disk
    drawing: OffLoop  # the thread that pictures are drawn on
    metrics: Metrics
    cache: PictureCache
    kept: Kept  # by the operator
    counting: Counting  # of requests
    gateway: Gateway | None  # to Discord, where the bot runs in this process
    admission: Admission  # to what is the operator's
    _suggester: PerBuild[Suggester] = field(default_factory=lambda: PerBuild(Suggester))
    _pictures: PerBuild[PagePictures] = field(default_factory=lambda: PerBuild(PagePictures))

    @property
    def build(self) -> Build:
        """The build that is served at this moment."""
        return self.service.build

    @property
    def suggester(self) -> Suggester:
        """Suggestions from the build that is served."""
        return self._suggester.of(self.build)

    @property
    def pictures(self) -> PagePictures:
        """Pictures of pages of the build that is served."""
        return self._pictures.of(self.build)

    def close(self) -> None:
        """Finish what runs and let go of what the operator keeps."""
        self.asking.close()
        self.answering.close()
        self.drawing.close()
        shared_drawing().close()
        self.admission.close()
        self.kept.close()
        if self.counting.shared is not None:
            self.counting.shared.close()


def set_up(
    service: AnswerSource, options: HttpOptions, edition: str, gateway: Gateway | None, admission: Admission
) -> HttpState:
    """Return the state, its stores opened where the operator keeps anything."""
    kept = open_to_keep(options.state, options.keep_questions_days)
    store = kept.store
    return HttpState(
        service=service,
        options=options,
        edition=edition,
        # A thread of their own: questions must not wait behind lists and pages.
        asking=OffLoop("questions", options.most_waiting),
        answering=OffLoop("answers", options.most_waiting),
        drawing=OffLoop("pictures", options.most_pictures_waiting),
        metrics=Metrics(),
        cache=PictureCache(options.picture_cache_bytes),
        kept=kept,
        counting=Counting(SharedCounts(store, store.secret) if store and store.shared else None),
        gateway=gateway,
        admission=admission,
    )
