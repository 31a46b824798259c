"""Outcomes, comparisons and plans as lines and tables for a terminal.

Comes in: what a command found out. Goes out: text. Refuses to find anything out.
"""

from collections.abc import Mapping, Sequence

from index.terminal.tables import print_table
from ingest.commands.context import CommandContext
from ingest.outcome import Outcome, State
from ingest.plan import Plan, Work
from ingest.regression_gate.comparison import Comparison, Direction
from ingest.report import DocumentReport

CHANGES_SHOWN = 12


def tell_outcome(context: CommandContext, outcome: Outcome) -> None:
    """Tell what an ingestion did."""
    if context.json:
        return
    if outcome.reports:
        _tell_reports(context, outcome.reports)
    for warning in outcome.warnings:
        context.say(f"Warning: {warning}", "yellow")
    if outcome.comparison:
        tell_comparison(context, outcome.comparison)
    if outcome.removed_builds:
        context.say(f"Removed old builds: {', '.join(outcome.removed_builds)}")
    context.say(_SENTENCES[outcome.state].format(build=outcome.build))


_SENTENCES = {
    State.UNCHANGED: "Build {build} is live and up to date: nothing has changed.",
    State.PUBLISHED: "Build {build} is live.",
    State.REFUSED: (
        "Refused: build {build} answers the golden questions worse than the live build, or lacks documents, and was not published. "
        "Look at it with localism-ingest diff, then run localism-ingest publish --accept, or localism-ingest discard."
    ),
    State.HELD: "Build {build} is finished and held. localism-ingest publish makes it live, localism-ingest discard removes it.",
    State.SHARD: (
        "Build {build} is a shard of the corpus: finished, and never live. Carry it to where the whole corpus lies with "
        "localism-index export --build {build} FILE.tar.gz, and there: localism-ingest join FILE.tar.gz …"
    ),
    State.RESTING: (
        "Build {build}, made from exactly this corpus, was rolled back, so it rests and the live build stays. "
        "Change the corpus, or run localism-ingest build --accept."
    ),
}


def tell_comparison(context: CommandContext, comparison: Comparison) -> None:
    """Tell how two builds answer the golden questions."""
    if context.json:
        return
    counts = ", ".join(f"{comparison.count(direction)} {direction.value}" for direction in Direction)
    context.say(
        f"Golden questions: {comparison.questions} asked of {comparison.old} and {comparison.new}: {counts}; "
        f"score {comparison.score_before:.4f} before, {comparison.score_after:.4f} after."
    )
    if comparison.lost:
        context.say(f"Lost though the catalogue lists them: {', '.join(comparison.lost)}", "red")
    for change in comparison.changes[:CHANGES_SHOWN]:
        before, after = change.before, change.after
        context.say(f"  {change.direction.value}: {change.text} ({change.question})")
        context.say(f"    before: {before.status.value} {before.confidence:.2f} {before.first}")
        context.say(f"    after:  {after.status.value} {after.confidence:.2f} {after.first}")
    if len(comparison.changes) > CHANGES_SHOWN:
        context.say(f"  … and {len(comparison.changes) - CHANGES_SHOWN} more; --json lists them all")


def tell_plan(context: CommandContext, plan: Plan) -> None:
    """Tell what an ingestion would do and why."""
    if context.json:
        return
    for reason in plan.reasons:
        context.say(f"- {reason}")
    listed = [one for one in plan.documents if one.work is not Work.UNCHANGED]
    if listed:
        rows = [(one.document, one.work.value, one.why) for one in listed]
        print_table(context.console, ("document", "work", "why"), rows)
    for hint in plan.hints:
        context.say(f"Hint: {hint}", "yellow")
    for build, shard in plan.shards.items():
        context.say(f"Build {build} is shard {shard} of a corpus: never live, for localism-ingest join.")
    unchanged = len(plan.documents) - len(listed)
    verdict = "Nothing is to be done" if plan.up_to_date else "A build is to be made"
    context.say(f"{verdict}; {unchanged} documents unchanged; live build: {plan.live or 'none'}.")


def _tell_reports(context: CommandContext, reports: Sequence[DocumentReport]) -> None:
    """Show the documents of which there is something to say; those that are as they were are counted."""
    shown = [report for report in reports if report.reasons or not report.told]
    if shown:
        print_table(context.console, _REPORTED, list(map(_reported, shown)), right=_REPORTED[1:4])
    if len(shown) < len(reports):
        context.say(f"{len(reports) - len(shown)} documents are read as before.")


def tell_guessed(context: CommandContext, guessed: Mapping[str, Sequence[str]]) -> None:
    """Tell which documents are cited by a title, a year or an author that nobody has confirmed."""
    if not guessed:
        return
    shown = ", ".join(list(guessed)[:CHANGES_SHOWN]) + (" …" if len(guessed) > CHANGES_SHOWN else "")
    context.say(
        f"{len(guessed)} documents have a title, year or author that was only guessed from the file: {shown}. "
        "Look at one, confirm or change it: localism-ingest describe ID",
        "yellow",
    )


_REPORTED = ("document", "pages", "read", "passages", "", "what was not read")


def _reported(report: DocumentReport) -> tuple[object, ...]:
    news = "as before" if report.told else "new"
    return report.document_id, report.pages, report.read, report.passages, news, _not_read(report)


def _not_read(report: DocumentReport) -> str:
    if report.reason:
        return report.reason
    left = [outcome for outcome in report.outcomes if outcome.reason]
    return "; ".join(f"p. {outcome.number}: {outcome.reason}" for outcome in left[:3]) + (" …" if len(left) > 3 else "")
