"""All that is English: the words and patterns by which questions and texts are read.

Comes in: nothing. Goes out: word lists, patterns, and sample texts that an encoder is compared on. Refuses to apply any of them: the
rules stand where they are used. Nothing of any one campaign stands here; that is the corpus's.

A corpus in another language needs another of these, and an encoder that reads it. What a build holds depends on this file, so a
change in it has every document split and its words indexed again.
"""

import re

# --- Words ---------------------------------------------------------------------------------------------------------------------

STEMMER_LANGUAGE = "english"  # of Snowball's stemmers: Porter 2
POSSESSIVE = "'s"  # an ending that a word loses
DENYING = "un"  # what a word may begin with that says the opposite
CUT_OFF = "e"  # what a stem may have lost
# Words that say nothing by themselves, and those that tell what kind of a question is asked; a text is not searched for either.
FUNCTION_WORDS = frozenset(
    """a about am an and any are as at be because been being but by for from had has have having he her here hers him his i
    in into is it its just me my of on or our ours out she so some such than that the their theirs them then there these
    they this those to too us was we were will with you your yours""".split()
)
ASKING_WORDS = frozenset("can could did do does doing how if should what when where which while who whom why would".split())
STOP_WORDS = FUNCTION_WORDS | ASKING_WORDS
# "s. 95", "s.95(2)", "ss. 95", "section 95", "sections 81": a reference to a section, found as one term beside its number.
SECTION = re.compile(r"\b(?:s|ss|sec|section|sections|regs?|regulations?)\.?\s{0,2}(\d{1,3}[a-z]{0,2})\b", re.IGNORECASE)

# --- Sentences -----------------------------------------------------------------------------------------------------------------

# Abbreviations that never end a sentence, whatever follows: titles, and words that point forward.
POINTING = frozenset(
    """mr mrs ms mx dr prof rev revd sir hon st cllr clr ald lt gen sgt capt cpt maj insp supt messrs e.g eg i.e ie cf viz vs v
    approx ca ed eds trans min max incl excl esp""".split()
)
# Those that end no sentence before a number or a bracket: "s. 95(2)", "No. 5", "pp. 3 to 4", "Sch. A".
NUMBERING = frozenset(
    """c al s ss sec sect no nos p pp para paras par r reg regs art arts vol vols ch chap chaps cl cls sch scheds fig figs tab
    pt pts col eq ex app ann annex n nn rule jan feb mar apr jun jul aug sep sept oct nov dec tel ext""".split()
)
# After an initial or an initialism ("J. Smith", "U.K. law") only a word that commonly opens a sentence starts a new one.
OPENERS = frozenset(
    """The This That These Those It Its In On At If A An And But Or So For From When Where While We You They He She There Their
    Your Our To As By With What Who How Why Do Does Is Are Not No After Before However Since Under Each Any All Some Most Many
    """.split()
)

# --- Questions that follow another ---------------------------------------------------------------------------------------------

# A question that leans on the one before it begins like one that goes on, or points back with a pronoun.
GOES_ON = re.compile(
    r"^\W*(and|but|so|what if|what about|how about|then|or|also|ok|which of|is that|does that|why)\b", re.IGNORECASE
)
POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|theirs|he|she|him|her|that|those|these|this|there|then|one|ones)\b", re.IGNORECASE
)

# --- Several questions in one -----------------------------------------------------------------------------------------------------

# How a question begins. After a comma or "and" only these begin another one: "which", "who" and "when" alone would cut off a clause
# that belongs to what stands before it ("the hall, which the club owns", "before we bid, when the owner sells").
_ASKS_WHETHER = r"(?:is|are|was|were|do|does|did|can|could|may|must|should|shall|will|would|has|have)\b"
_ASKS_WHAT = r"(?:wh(?:o|at|en|ere|y|ich|ose)|how)\b"
_ASKS_AT_ONCE = (
    rf"(?:{_ASKS_WHETHER}|(?:many|much|long|often|big|far|soon|old|happens|counts|pays|decides)\b)"  # right behind it
)
_ASKED_OF = r"(?:i|we|you|he|she|it|they|there|the|an?|our|my|your|their|this|that|these|those|any|anyone|people)\b"
BEGINS_A_QUESTION = re.compile(
    rf"(?:(?:and|but|so|also|then|or|hi|hello|please)\s+)?(?:{_ASKS_WHAT}|{_ASKS_WHETHER})", re.IGNORECASE
)
BETWEEN_QUESTIONS = re.compile(
    r"\s*[?]+(?:\s+(?:and|but|also|or)\b)?[\s,]+"
    rf"|\s*\.\s+(?={_ASKS_WHAT}|{_ASKS_WHETHER})"
    r"|\s*(?:[,;]\s*(?:(?:and|but|also|or|plus)\s+)?|\s(?:and|plus)\s+)"
    rf"(?={_ASKS_WHAT}\s+{_ASKS_AT_ONCE}|{_ASKS_WHETHER}\s+{_ASKED_OF})",
    re.IGNORECASE,
)

# --- Sentences that only say where something stands ---------------------------------------------------------------------------

REFERS_ON = re.compile(
    r"(?:^|[:;]\s)see\s+(?:also\b|the\b|our\b|pages?\b|p\.|sections?\b|chapters?\b|box\b|annex\b|appendix\b|[“\"‘'])",
    re.IGNORECASE,
)

# --- Questions about a word ----------------------------------------------------------------------------------------------------

ASKING_MEANING = re.compile(
    r"^(?:please\s+)?(?:what\s+(?:is|are|does|do|s)|what['’]s|whats|define|meaning\s+of|definition\s+of|explain)\s+"
    r"(?:(?:an?|the)\s+)?(?P<term>.+?)"
    r"(?:\s+(?:mean|means|stand\s+for|stands\s+for))?(?:\s+(?:please|pls))?$",
    re.IGNORECASE,
)

# --- Texts that a program asks or reads by itself ------------------------------------------------------------------------------

WARMING_QUESTION = "What is this about?"  # asked of a build before people ask it
# On these the light encoder is compared with the full model. They are fixed, so that a build never depends on what else a corpus
# holds.
SAMPLE_QUESTIONS = (
    "How long does the committee have to decide whether our team gets into the league?",
    "Can a members' group take over the boathouse?",
    "what is a deposit protection scheme",
    "who do i complain to about a neighbour",
    "Does the law force our landlord to mend the boiler?",
    "right to request flexible working",
    "section 21",
    "six months notice",
    "How many people do you need to start a club?",
    "The school wants to sell the playing field, what can we do?",
    "what is compound interest",
    "risk assessment first aid regulations",
    "Who carries the key to the small hall?",
    "direct and indirect costs",
    "Is swimming good for your back?",
    "salary bands senior staff",
    "can they put the rent up 10% without asking us",
    "conflict of interest closed session",
    "accident register 28 days",
    "annual general meeting quorum members present",
    "my colleague drives me mad, we just think differently",
    "constitution vote two thirds majority",
    "What happens in winter?",
    "TUPE staff transfer",
    "fixed term contract minimum length",
    "working with parents and teachers",
    "why did the report say the trial failed",
    "head teachers confident survey",
    "how do I run a workshop on cooking",
    "GDPR",
)
# A passage is longer than a question and rich in numbers and references, which is where scales that many word pieces share lose most.
SAMPLE_PASSAGES = (
    "Deposits and the end of a tenancy > When do the ten days start: from the tenant's letter or from the landlord's reply? The "
    "ten days run from the day both agree, not from the letter. In a shared house the ten days, the six weeks and the 18 "
    "months for a claim all begin with the day the agent receives the tenant's notice (Housing Act 2004 s.213(6), as of 1 May "
    "2026). The day the agent receives the notice is day one. Our own worked example: if an agent receives the notice on 1 "
    "June, the six weeks end on 12 July, the six months on 30 November, and the 18 months on 30 November of the next year. Go "
    "by the end dates that the scheme must show on its certificate, and send your request well before the six weeks are up.",
    "Yes. A club that sells drinks to guests for a profit must do so through a company or a registered society (Licensing Act "
    "2003 s.62, as of 1 May 2026).",
    "Can we still get a grant for our minibus? No. On 12 June 2025 the body that ran the programme said that it would not pay for "
    "new vehicles from 2025 onwards, so no new grants or advice are open. A group that starts now has to find the money itself, "
    "for instance from its subscriptions.",
    "A trustee who knows that they have a financial interest in a matter at a meeting may not take part in the discussion or "
    "vote on it, unless the others allow it (Charities Act 2011 s.185(4), as of 1 May 2026). If the interest is not yet on the "
    "register, the trustee must also declare it at the meeting and tell the secretary within 28 days.",
    "The coaching handbook says that there is no single best way to be a captain and that players lead in very different ways. "
    "So a captain who avoids shouting may be excellent in the changing room: try a word before the match, a message, or a walk "
    "around the pitch.",
    "A closed circuit, in the course book, is one that lets a current flow all the way round from one pole of the cell to the "
    "other. A circuit can be as large as a power station or as small as a bicycle’s lamp, a café’s doorbell or a torch, wherever "
    "wires meet and a switch is closed.",
    "Mary Hartley, the head of research, told the launch of “Measuring Sleep” on 30 January 2013 that the laboratory wanted "
    "volunteers to have longer nights and to keep better diaries. She added that an afternoon nap restores attention.",
    "Medicines put together for a named person with complex needs are left out as well (SI 2012/1916, Sch. 2; as made, 2012). A "
    "pharmacist may also refuse where a prescription is joined up with hospital care (SI 2013/349, Sch. para 5).",
)

# --- What somebody wants ---------------------------------------------------------------------------------------------------------

# The whole of a message that greets, thanks, or asks for help without saying with what; folded, marks left out.
GREETING = re.compile(
    r"(?:(?:hi|hiya|hello|hey|yo|good (?:morning|afternoon|evening|day)|morning|evening|thanks?(?: you)?|thank you|thx|ta|cheers|"
    r"many thanks|thanks a lot|bye|goodbye|ok|okay|help|help me|please help|i need help|can you help(?: me)?|test|testing|"
    r"are you there|anyone there|there|all|everyone|bot|please|so much|very much)\s*)+"
)
# Somebody wants a thing done. "Help me word an objection" is a question that a section may answer; these are not.
REQUEST = re.compile(
    r"^(?:hi |hello |please |pls |ok )*"
    r"(?:(?:(?:can|could|would|will) you|i (?:want|need|would like|d like) you to) (?:please |pls |just |kindly )*"
    r"(?:write|draft|compose|word|fill (?:in|out)|send|e-?mail|phone|call|ring|submit|post|book|translate|summari[sz]e|design|print"
    r"|sign|make|create|prepare)"
    r"|(?:write|draft|compose|translate|summari[sz]e|fill (?:in|out))(?! to\b)"
    r"|(?:phone|ring|call|e-?mail|contact|send|submit|book|print|sign)(?= .*\bfor (?:me|us)\b))"
    r" (?:\w+ )*?(?:me|us|my|our|a|an|the|this|that|it|him|her|them|for)\b"
)
# What only a register or a calendar of today says: the fate of one numbered application, the date of a next meeting.
LIVE_FACT = re.compile(
    r"\b[a-z]{0,3}/?\d{2,4}/\d{3,6}(?:/[a-z]{1,5})?\b"
    r"|^(?:when|what(?: time| date)?|where)(?: is|s| are) (?:the |our |my |your )?next\b"
)
# The heading of a section that says who handles a matter: "Who handles planning applications, and where do I go?"; "Which way should
# we challenge a decision, and where do we go?"
DESK_HEADING = re.compile(r"\bwho (?:handles|deals with|helps|can help)\b|\bwhere do (?:we|i) go\b(?! from)", re.IGNORECASE)
