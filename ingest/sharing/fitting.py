"""Which shards go together, and what they hold of a corpus.

Comes in: folders of builds, and the corpus, model and recipe here. Goes out: the shards that can be joined, and an account of what
they bring; or one sentence on what does not fit. Refuses to change anything.

What is wrong is said before anything is read: a joined build is hours of work of other machines.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.build.layout import BuildLayout
from index.build.left_out import read_left_out
from index.build.manifest import Manifest
from index.build.verification import verify_build
from index.encoders.full import ModelIdentity, light_identity
from index.errors import DamagedBuild, ForeignBuild
from ingest.catalogue.corpus import Corpus
from ingest.errors import ShardRefused
from ingest.plan import noted_readings
from ingest.recipe import Recipe, entry_digest, reading_key, versions
from ingest.sharing.shards import Shard, named, shared_out

_DIRECTIONS = "tokens/directions.npy"


@dataclass(frozen=True, slots=True)
class FoundShard:
    """A shard that was named, and what it noted of its documents."""

    folder: Path
    manifest: Manifest
    readings: dict[str, Any]  # by the document's id

    @property
    def keys(self) -> set[str]:
        """The keys of what it read."""
        return {reading["key"] for reading in self.readings.values()}

    @property
    def told(self) -> str:
        """What it is called in a sentence."""
        return f"Shard {self.manifest.shard} (build {self.manifest.build})"


@dataclass(frozen=True, slots=True)
class Account:
    """What shards bring of a corpus."""

    shards: tuple[str, ...]
    taken_over: int  # documents whose file, description and recipe are the same, or that are copies of such
    described_anew: tuple[str, ...]  # ids: the file is the same, what the catalogue says of it is not
    read_here: tuple[str, ...]  # ids: in no shard
    notes: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "shards": list(self.shards),
            "taken_over": self.taken_over,
            "described_anew": list(self.described_anew),
            "read_here": list(self.read_here),
            "notes": list(self.notes),
        }


def found_shards(folders: Sequence[Path]) -> tuple[list[FoundShard], list[str]]:
    """Return the shards in ``folders``, each once and in the order of their numbers, and a sentence for each that is left aside.

    Raises:
        ShardRefused: one is a build of a whole corpus.
        DamagedBuild, ForeignBuild: one cannot be opened here.
    """
    builds = {manifest.build: (folder, manifest) for folder in folders for manifest in [Manifest.open(folder)]}
    newest: dict[str, str] = {}
    notes = []
    for build, (folder, manifest) in sorted(builds.items()):
        if not manifest.shard:
            raise ShardRefused(
                f"Build {build} in {folder.parent} is no shard but a whole build. Take it over as it is: localism pull"
            )
        _check_named(manifest)
        if older := newest.get(manifest.shard):
            notes.append(f"Shard {manifest.shard} was named twice: build {build} is taken, the older {older} is left aside.")
        newest[manifest.shard] = build
    kept = [builds[build] for _, build in sorted(newest.items(), key=lambda one: _order(one[0]))]
    return [FoundShard(folder, manifest, noted_readings(folder)) for folder, manifest in kept], notes


def check_shards(shards: Sequence[FoundShard], corpus: Corpus, recipe: Recipe, model: ModelIdentity) -> None:
    """Check that all of ``shards`` may be joined here, but for damage.

    Raises:
        ForeignBuild: another model, other readers or settings made one, or vectors of two do not stand for the same.
        ShardRefused: one was made from another corpus.
    """
    keys = {reading_key(entry.document, recipe.reading) for entry in corpus.entries}
    entries = {entry_digest(entry.document) for entry in corpus.entries}
    for shard in shards:
        if not shard.readings:
            check_undamaged(shard)  # what it read of can only be lost
        if differs := _other_recipe(shard.manifest, recipe, model):
            raise ForeignBuild(f"{shard.told} cannot be joined here: {differs}, then make that shard again.")
        if any(one["entry"] in entries and one["key"] not in keys for one in shard.readings.values()):
            raise ForeignBuild(
                f"{shard.told} was read with other settings than this machine has. Set LOCALISM_OCR, LOCALISM_OCR_LANGUAGES, "
                "LOCALISM_OCR_LEAST_CONFIDENCE and LOCALISM_FILE_SECONDS alike on all machines (localism-ingest settings), then make "
                "that shard again."
            )
        if not shard.keys & keys:
            raise ShardRefused(
                f"{shard.told} is of another corpus: none of its {len(shard.readings)} documents is in {corpus.folder}. "
                "Name the right corpus with --corpus, or leave that shard out."
            )
    _check_together(shards)


def check_undamaged(shard: FoundShard) -> None:
    """Check a shard to the last byte.

    Raises:
        DamagedBuild: it is not as it was written.
    """
    if problems := verify_build(shard.folder):
        raise DamagedBuild(
            f"{shard.told} in {shard.folder} is damaged: {'; '.join(problems[:3])}. Copy it there again; nothing was joined."
        )


def account_of(shards: Sequence[FoundShard], notes: Sequence[str], corpus: Corpus, recipe: Recipe) -> Account:
    """Return what ``shards`` bring of ``corpus``."""
    read = Counter(key for shard in shards for key in shard.keys)
    entries = {one["entry"] for shard in shards for one in shard.readings.values()}
    left_out = [left for shard in shards for left in read_left_out(BuildLayout(shard.folder).left_out) if left.copy_of]
    copies = {(left.id, left.noted["key"]) for left in left_out}
    held = {entry.document.id for entry in corpus.entries}
    anew: list[str] = []
    here: list[str] = []
    for entry in corpus.entries:
        key, document = reading_key(entry.document, recipe.reading), entry.document
        if entry.copy_of in held or (document.id, key) in copies or entry_digest(document) in entries:
            continue
        (anew if key in read else here).append(document.id)
    taken_over = len(corpus.entries) - len(anew) - len(here)
    several = sum(count > 1 for count in read.values())
    if several:
        notes = (*notes, f"{several} documents are in more than one shard; each is taken from the first that holds it.")
    return Account(tuple(one.manifest.shard for one in shards), taken_over, tuple(anew), tuple(here), tuple(notes))


def check_complete(shards: Sequence[FoundShard], account: Account, corpus: Corpus) -> None:
    """Check that no shard is missing of which this machine would have to read the documents.

    Raises:
        ShardRefused: one is.
    """
    missing = _missing(shards, corpus)
    if missing and account.read_here:
        raise ShardRefused(
            f"Missing: shard {', '.join(missing)}. {len(account.read_here)} of {len(corpus.entries)} documents are in none of those "
            f"named ({named(account.read_here)}). Name it too, or let this machine read them: --read-missing"
        )


def _missing(shards: Sequence[FoundShard], corpus: Corpus) -> list[str]:
    """Return which shards are not there, of that sharing out of which the most are; none where one sharing out is whole."""
    there: dict[int, set[int]] = defaultdict(set)
    for shard in (Shard.from_text(one.manifest.shard) for one in shards):
        there[shard.of].add(shard.number)
    missing = {of: set(shared_out(corpus.entries, of).values()) - numbers for of, numbers in there.items()}
    of = min(missing, key=lambda one: (len(missing[one]), one))
    return [str(Shard(number, of)) for number in sorted(missing[of])]


def _check_named(manifest: Manifest) -> None:
    try:
        Shard.from_text(manifest.shard)
    except ValueError as error:
        raise DamagedBuild(f"The manifest of build {manifest.build} is damaged: {error} Make that shard again.") from error


def _order(shard: str) -> tuple[int, int]:
    found = Shard.from_text(shard)
    return found.of, found.number


def _other_recipe(manifest: Manifest, recipe: Recipe, model: ModelIdentity) -> str:
    """Return in what a shard was made otherwise than this machine makes one, and what to do; empty where it was not."""
    theirs = manifest.model
    if theirs != model:
        return (
            f"{theirs.name} ({theirs.precision}, {theirs.weights_sha256[:8]}) embedded it, and here {model.name} ({model.precision}, "
            f"{model.weights_sha256[:8]}) embeds. Set LOCALISM_MODEL and LOCALISM_EMBED_WITH alike on all machines"
        )
    if manifest.geometry != recipe.geometry:
        return "its passages are of other sizes. Install the same version of this program on all machines"
    others = [name for name, now in versions().items() if manifest.readers.get(name) != now]
    if others:
        told = ", ".join(f"{name} ({manifest.readers.get(name) or 'none'} there, {versions()[name]} here)" for name in others)
        return f"it was made with another version of {told}. Install the same on all machines"
    return ""


def _check_together(shards: Sequence[FoundShard]) -> None:
    """Check that vectors of all ``shards`` stand for the same: one light encoder made them, and no two are shortened differently."""
    first = shards[0].manifest
    light = first.model == light_identity(first.model)
    short = {one.manifest.files[_DIRECTIONS] for one in shards if _DIRECTIONS in one.manifest.files}
    for shard in shards:
        if light and shard.manifest.encoder_files != first.encoder_files:
            raise ForeignBuild(
                f"{shard.told} was embedded by another light encoder than {shards[0].told}. Install the same requirements on all "
                "machines, or let all begin with the same build (localism pull), then make that shard again."
            )
    if len(short) > 1:
        raise ForeignBuild(
            f"The shards keep token vectors in {len(short)} short forms, taken over from earlier builds of their machines. Let all "
            "machines begin with the same build (localism pull), or with none, then make the shards again."
        )
