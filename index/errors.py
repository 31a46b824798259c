"""The error tree of the whole house. A class is the user's situation; a message says what was found, wanted, and what to do.

LocalismError
├── QuestionError           the question cannot be asked as it stands
├── UnknownDocument         a document id that the build does not hold
├── UnknownPassage          a passage id that the build does not hold
├── BuildError
│   ├── NoBuild             nothing has been ingested yet
│   ├── DamagedBuild        files missing, changed or not fitting together
│   ├── ForeignBuild        made by another format version or model than asked for
│   ├── NotWhole            a shard of a corpus, or without what an engine searches, where all is wanted
│   ├── UnknownBuild        a build id that is not there
│   ├── IndexLocked         another run is changing the builds
│   ├── NotFetched          a build of another machine cannot be had, or is not what it says
│   ├── EngineRefused       an engine does not let us in, or lacks what we need
│   ├── EngineUnreachable   an engine does not answer, or only what lags behind does
│   └── NotWritten          the disk did not take the build: full, read-only …
├── ModelError              the embedding model is missing or not the one that was pinned
├── CatalogueError          corpus/catalogue.toml cannot be used (ingest)
├── UnreadableDocument      a file that no reader can read (ingest)
└── BenchmarkSetError       a file of an evaluation set cannot be used
"""


class LocalismError(Exception):
    """Anything that a user can mend; surfaces show its message as it stands."""


class QuestionError(LocalismError):
    """The question cannot be asked as it stands."""


class UnknownDocument(LocalismError):
    """The build holds no document of that id."""


class UnknownPassage(LocalismError):
    """The build holds no passage of that id."""


class BuildError(LocalismError):
    """A build cannot be used."""


class NoBuild(BuildError):
    """Nothing has been ingested yet."""


class DamagedBuild(BuildError):
    """Files of the build are missing, changed or do not fit together."""


class ForeignBuild(BuildError):
    """The build was made by another format version or with another model."""


class NotWhole(BuildError):
    """The build holds a shard of the corpus only, or was taken over for an engine, and all of it is wanted."""


class UnknownBuild(BuildError):
    """There is no finished build of that id."""


class IndexLocked(BuildError):
    """Another run is changing the builds."""


class NotFetched(BuildError):
    """A build that another machine has published cannot be had, or is not what its manifest says."""


class EngineRefused(BuildError):
    """An engine does not let us in, lacks what we need, or is not named as it must be."""


class EngineUnreachable(BuildError):
    """An engine does not answer, or only what lags behind does; it may be back in a moment."""


class NotWritten(BuildError):
    """The disk, or the engine, did not take what was to be written: it is full, read-only or gone."""


class ModelError(LocalismError):
    """The embedding model is missing or is not the pinned one."""


class CatalogueError(LocalismError):
    """The catalogue or a text of the corpus cannot be used."""


class UnreadableDocument(LocalismError):
    """No reader can read the file; the message is the reason."""


class BenchmarkSetError(LocalismError):
    """A file of an evaluation set cannot be used."""
