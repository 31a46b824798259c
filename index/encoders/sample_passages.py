"""Passages of our own that the light encoder is compared with the full model on, beside the sample questions.

A passage is longer than a question and rich in numbers and references, which is where scales that many word pieces share lose most.
Fixed texts, so that a build never depends on what else a corpus holds.
"""

SAMPLE_PASSAGES = (
    "Assets of community value and the right to bid > When do the six months start: from the owner's notice or from our "
    "request? The six months run from the owner's notice, not from your request. In England the six weeks, the six months "
    "and the 18 months for an asset of community value all begin with the day the council receives the owner's notice "
    "(Localism Act 2011 s.95(6), as of 1 May 2026). The day the council receives the notice is day one. Our own worked "
    "example: if a council in England receives the notice on 1 June, the six weeks end on 12 July, the six months on 30 "
    "November, and the 18 months on 30 November of the next year. Go by the end dates that the council in England must show "
    "on its list of assets of community value, and send your request well before the six weeks are up.",
    "Yes. A council in England that uses the general power of competence for a commercial purpose must do so through a "
    "company or a registered society (Localism Act 2011 s.4, as of 1 May 2026).",
    "Can we still get a grant to write our plan? No. On 12 June 2025 the body that ran the programme said that the "
    "government would not pay for new neighbourhood planning support in England from 2025 onwards, so no new grants or "
    "technical support are open. A group that starts now has to find the money itself, for instance from the parish "
    "precept.",
    "A councillor in England who knows that they have a disclosable pecuniary interest in a matter at a meeting may not "
    "take part in the discussion or vote on it, unless they have a dispensation (Localism Act 2011 s.31(4), as of 1 May "
    "2026). If the interest is not yet on the register, the councillor in England must also declare it at the meeting and "
    "notify the monitoring officer within 28 days.",
    "The Political Skills Framework says that there is no single best way to be a councillor and that members lead in very "
    "different ways. So a councillor who avoids email may be excellent on the doorstep: try the phone, the surgery, or a "
    "walk around the site.",
    "A claimed or created space, in the Power Cube, is one that less powerful people make for themselves and where they set "
    "their own agenda. A claimed space can be as large as a social movement or as small as a tenants’ meeting, a café or a "
    "school gate, wherever people meet and talk things through.",
    "Oliver Letwin, Cabinet Office minister, told the launch of “Modelling Devolution” on 30 January 2013 that the "
    "government wanted neighbourhoods to have more powers and to run more services. He added that neighbourhood planning "
    "builds social capital.",
    "Services put together for a named person with complex health or social-care needs are left out as well (SI 2012/1313, "
    "Sch. 2; as made, 2012). A council may also refuse where a service is joined up with NHS care (SI 2012/1647, Sch. para "
    "5).",
)
