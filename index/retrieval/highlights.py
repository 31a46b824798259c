"""Choose the sentences of a passage that answer a question.

Comes in: a passage and how near each of its sentences comes to the question, word by word in context. Goes out: ranges in its text.
Refuses to know the words: a sentence that shares words with the question often only repeats it.
"""

from collections.abc import Sequence

from index.records import Passage, Span

NEARLY = 0.08  # a second sentence this close behind the first is marked too
LEAD_IN_WORDS = 4  # a sentence of fewer words only leads to the next


def answering_sentences(passage: Passage, matches: Sequence[float]) -> tuple[Span, ...]:
    """Return the ranges of the answering sentences, one or two, in reading order.

    Args:
        passage: the passage.
        matches: how near each of its sentences comes, one a sentence.
    """
    count = min(len(matches), len(passage.sentences))
    if not count:
        return passage.sentences[:1]
    order = sorted(range(count), key=lambda place: -matches[place])
    first = order[0]
    chosen = [first]
    if _leads_in(passage, first) and first + 1 < len(passage.sentences):
        chosen.append(first + 1)
    elif count > 1 and matches[first] - matches[order[1]] < NEARLY:
        chosen.append(order[1])
    return tuple(passage.sentences[place] for place in sorted(chosen))


def _leads_in(passage: Passage, place: int) -> bool:
    start, end = passage.sentences[place]
    sentence = passage.text[start:end].rstrip()
    return sentence.endswith((":", "?")) or len(sentence.split()) < LEAD_IN_WORDS
