"""Do what a pressed button says, with nothing but the button and its message: it works after a restart.

Comes in: a press. Goes out: replies, mostly seen by the person alone. Refuses what is not theirs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.controls import PREFIX, Action, Further, Press
from bot.discord_bot.commands.ask import answer
from bot.discord_bot.commands.settings import choose
from bot.discord_bot.messages import mark_solved, post_of
from bot.discord_bot.replying import defer, defer_change, finish, say
from bot.discord_bot.state.asked import EARLIER_COMPONENTS, Asked, question_in_text, questions_in, source_of_digest
from bot.state.feedback import Verdict

Interaction = discord.Interaction[Any]
_VERDICTS = {
    Action.HELPFUL: Verdict.HELPFUL,
    Action.UNHELPFUL: Verdict.NOT_HELPFUL,
    Action.WRONG_PAGE: Verdict.WRONG_PAGE,
}
FORM = f"{PREFIX}:form:"  # custom id of the form for the next question; the digest of the source follows
_QUESTION_FIELD = "question"
_LONGEST_QUESTION = 2000


async def press(interaction: Interaction, state: BotState, pressed: Press) -> None:
    """Do what ``pressed`` says."""
    serve: dict[Action, Callable[[Interaction, BotState, str], Awaitable[None]]] = {
        Action.MORE: _more,
        Action.CONTEXT: _context,
        Action.TURN: _turn,
        Action.FURTHER: _open_form,
        Action.SHARE: _share,
        Action.CITE: _cite,
        Action.SET: choose,
    }
    if pressed.action is Action.SOLVED:
        await mark_solved(interaction, state)
    elif pressed.action in _VERDICTS:
        await _vote(interaction, state, pressed.argument, _VERDICTS[pressed.action])
    else:
        await serve[pressed.action](interaction, state, pressed.argument)


async def submit(interaction: Interaction, state: BotState, custom_id: str) -> None:
    """Answer the next question, which was typed into the form."""
    typed = _typed(interaction)
    before = _asked(interaction, state, custom_id.removeprefix(FORM))
    if before is None:
        await _say(interaction, state, "reply.no_question")
        return
    private = interaction.message is not None and interaction.message.flags.ephemeral
    earlier = (*before.earlier, before.question)[-len(EARLIER_COMPONENTS) :]
    await answer(interaction, state, replace(before, question=typed, earlier=earlier, private=private))


async def explain_old(interaction: Interaction, state: BotState) -> None:
    """Say why a button of an earlier version does nothing."""
    await _say(interaction, state, "reply.old_button")


async def _more(interaction: Interaction, state: BotState, argument: str) -> None:
    which = Further.from_argument(argument)
    asked = _asked(interaction, state, which.digest) if which else None
    if which is None or asked is None:
        await _say(interaction, state, "reply.no_question")
    elif await defer(interaction, private=True):
        await finish(interaction, await state.asking.more(replace(asked, private=True), which))


async def _context(interaction: Interaction, state: BotState, passage_id: str) -> None:
    if await defer(interaction, private=True):
        await finish(interaction, await state.asking.context(passage_id, _language(interaction, state)))


async def _cite(interaction: Interaction, state: BotState, passage_id: str) -> None:
    if await defer(interaction, private=True):
        await finish(interaction, await state.asking.cite(passage_id, _language(interaction, state)))


async def _turn(interaction: Interaction, state: BotState, passage_id: str) -> None:
    """Show a neighbour in the same message where that is the person's own, else in a new one."""
    own = interaction.message is not None and interaction.message.flags.ephemeral
    if not own:
        await _context(interaction, state, passage_id)
    elif await defer_change(interaction):
        reply = await state.asking.context(passage_id, _language(interaction, state))
        # The message is a card and stays one; a sentence that there is nothing to show comes beside it.
        if reply.view is not None:
            await finish(interaction, reply)
        else:
            await interaction.followup.send(reply.fallback, ephemeral=True)


async def _vote(interaction: Interaction, state: BotState, passage_id: str, verdict: Verdict) -> None:
    vote = (interaction.user.id, passage_id, verdict)
    if not state.once.first(vote):
        await _say(interaction, state, "reply.thanks_already")
        return
    counted = False
    try:
        if await defer(interaction, private=True):
            reply = await state.asking.vote(passage_id, verdict, _language(interaction, state))
            counted = reply.done
            await finish(interaction, reply)
    finally:
        # Noted before it is counted, so that two quick presses count once; what was not counted may be said again.
        if not counted:
            state.once.forget(vote)


async def _open_form(interaction: Interaction, state: BotState, digest: str) -> None:
    texts = state.texts_for(interaction.guild_id)
    # The form is answered by its custom id, not by this object, so that it survives a restart.
    form = discord.ui.Modal(title=texts.say("modal.further_title"), timeout=1.0, custom_id=f"{FORM}{digest}")
    box: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_QUESTION_FIELD, style=discord.TextStyle.paragraph, max_length=_LONGEST_QUESTION
    )
    form.add_item(discord.ui.Label(text=texts.say("modal.further_label"), component=box))
    await interaction.response.send_modal(form)


async def _share(interaction: Interaction, state: BotState, argument: str) -> None:
    """Post a private answer for all; only the person who asked may, and only where they may write."""
    owner, _, digest = argument.partition(":")
    asked = _asked(interaction, state, digest)
    if owner != str(interaction.user.id):
        await _say(interaction, state, "reply.not_yours")
    elif asked is None:
        await _say(interaction, state, "reply.no_question")
    elif interaction.guild_id is not None and not interaction.permissions.send_messages:
        await _say(interaction, state, "reply.cannot_write")
    else:
        await _post_once(interaction, state, asked)


async def _post_once(interaction: Interaction, state: BotState, asked: Asked) -> None:
    """Post an answer for all, once; where none came of it, the button can be pressed again."""
    answer_of = ("shared", interaction.message.id if interaction.message else interaction.id)
    if not state.once.first(answer_of):
        await _say(interaction, state, "reply.shared_already")
        return
    posted = False
    try:
        if await defer(interaction, private=False):
            reply = await state.asking.answer(asked, shared_by=interaction.user.id)
            posted = await finish(interaction, reply) and reply.done
    finally:
        if not posted:
            state.once.forget(answer_of)


def _asked(interaction: Interaction, state: BotState, digest: str) -> Asked | None:
    """Return the question that the message of the button carries, or None where it carries none that can be asked again."""
    shown = interaction.message
    questions = () if shown is None else questions_in(shown.components) or question_in_text(shown.content)
    if not questions:
        return None
    try:
        source = source_of_digest(digest, state.service.documents)
    except LookupError:
        return None
    asked = state.asked(questions[-1], interaction.user.id, interaction.guild_id)
    in_post = post_of(interaction.channel) is not None
    return replace(asked, earlier=questions[:-1], source=source, plain=False, in_post=in_post)


def _typed(interaction: Interaction) -> str:
    """Return what was typed into the form."""
    fields: Any = interaction.data or {}
    boxes = [row.get("component") or row["components"][0] for row in fields.get("components", ())]
    return next((str(box["value"]) for box in boxes if box.get("custom_id") == _QUESTION_FIELD), "")


def _language(interaction: Interaction, state: BotState) -> str:
    return state.texts_for(interaction.guild_id).language


async def _say(interaction: Interaction, state: BotState, key: str) -> None:
    await say(interaction, state.texts_for(interaction.guild_id).say(key))
