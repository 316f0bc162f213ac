"""What people ask about the portal, each with an answer that says what to do."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its answer."""

    asked: LazyString
    answer: LazyString


QUESTIONS = (
    Question(
        _("The e-mail with my access has not arrived."),
        _(
            "Look in the folder for unwanted mail. It was sent to the address that you gave in "
            "your request. If it is not there, ask the authority to send it again."
        ),
    ),
    Question(
        _("The portal says that my account is not registered."),
        _(
            "Sign in with the Google or Facebook account whose address is the one of your request. "
            "If you lost that account, ask the authority to register another one."
        ),
    ),
    Question(
        _("My auxiliares captured more than the portal shows."),
        _(
            "The portal counts what has reached the centre. What a station has not sent yet is on "
            "its page “Sent and pending”: bring that station to a place with a network."
        ),
    ),
    Question(
        _("A figure is lower than yesterday. Why?"),
        _(
            "Figures are preliminary. A record can move from one state to another when the "
            "register answers or a person looks at its images. The nine states always add up to "
            "what was sent: see where the difference went in the advance report."
        ),
    ),
    Question(
        _("Why does a record not count, and what can I do?"),
        _(
            "Open it in the search of records: the reason and the legal ground are there. If you "
            "do not agree, present an inconformidad for one record or for many."
        ),
    ),
    Question(
        _("An auxiliar forgot the password, or the code has expired."),
        _(
            "Open Auxiliares/Gestores, look for the person and send a new code. The old code stops "
            "working at once, the old password as soon as a new one is chosen."
        ),
    ),
    Question(
        _("Somebody no longer captures for me."),
        _(
            "Deactivate the auxiliar in Auxiliares/Gestores. Stations learn of it the next time "
            "they reach the centre. What the person captured before keeps counting."
        ),
    ),
    Question(
        _("Can I capture an apoyo on this portal?"),
        _("No. Apoyos are captured only at a station, with the person present."),
    ),
    Question(
        _("What proof do I have of what was delivered?"),
        _(
            "The list of receipts: a folio, a number and a state for each record, and nothing "
            "about a person. It is signed, and anybody can check it."
        ),
    ),
    Question(
        _("A station was lost or stolen."),
        _(
            "Call at once and say its identifier: the authority revokes it. What it holds is "
            "sealed and nobody who finds it can open it. Keep the slips of each close of the day: "
            "they say how many records it had."
        ),
    ),
    Question(
        _("A citizen wants to know about their apoyo, or says that they never gave it."),
        _(
            "Do not look anything up for them. Give them the telephone of this page; with the "
            "folio and the code of their slip they will be attended to."
        ),
    ),
)
