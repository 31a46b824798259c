"""All that is English: the words and patterns by which questions and texts are read.

Another language begins here: what the rooms beside this one import is a pattern or a list of words, never a rule of grammar of
their own. Nothing of any one campaign stands here; that is the corpus's.
"""

import re

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
    r"|(?:write|draft|compose|translate|summari[sz]e|fill (?:in|out))(?! to\b))"
    r" (?:\w+ )*?(?:me|us|my|our|a|an|the|this|that|it|him|her|them|for)\b"
)
# What only a register or a calendar of today says: the fate of one numbered application, the date of a next meeting.
LIVE_FACT = re.compile(
    r"\b[a-z]{0,3}/?\d{2,4}/\d{3,6}(?:/[a-z]{1,5})?\b"
    r"|^(?:when|what(?: time| date)?|where)(?: is|s| are) (?:the |our |my |your )?next\b"
)
# The heading of a section that says who handles a matter: "Who handles planning applications, and where do I go?"
DESK_HEADING = re.compile(r"who (?:handles|deals with)\b", re.IGNORECASE)
