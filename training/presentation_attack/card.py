"""What the model card of the attack judge says."""

from collections.abc import Mapping
from typing import Any

from training.model_card import Card

_LIMITS = (
    (
        "**All data are synthetic.** No real card, copy, screen or print was ever photographed "
        "for it. The figures say how well it tells our simulations apart, and nothing about real "
        "attacks."
    ),
    (
        "A field trial must measure, with the stations' own cameras and lamps: BPCER on real cards "
        "of every model and age, with consenting holders, in the light of the places where "
        "stations stand; APCER per kind on instruments made by somebody else than who tunes the "
        "threshold, by several printers, copiers, papers, telephones and monitors; and both again "
        "for each species left out of training."
    ),
    (
        "A card with a part pasted over and a filled template are hardly noticed: see the table. A "
        "score below 0.5 says nothing in a card's favour."
    ),
    (
        "Cards in a transparent sleeve were not simulated as originals and may be taken for "
        "laminated copies."
    ),
    (
        "Thresholds and these metrics come from the same held-out photographs; `bench/attacks.py` "
        "measures on others, see `docs/attacks.md`."
    ),
)
_LEFT_OUT = (
    "A kind that was left out of training is noticed less often: see the table, and expect the "
    "same of what nobody thought of."
)
_NOT_LEFT_OUT = (
    "How much less a kind is noticed that was left out of training (`leave-out`) was not measured "
    "with this network; of what nobody thought of, expect little to be noticed."
)


def card_of(*, photographs: int, strangers: int, metrics: Mapping[str, Any]) -> Card:
    """Return the card of a judge trained on so many photographs."""
    return Card(
        title="Presentation attack judge",
        purpose="Says how much what lies before the camera looks like something else than the "
        "card itself, and what: a photocopy, a screen, a print on paper, a card with a part pasted "
        "over, a filled template, a laminated copy. The score informs the reviewer and blocks "
        "nothing.",
        architecture="One sheet of 592×384: the card with its surroundings; eight pieces of 96×96 "
        "pixels of the frame, not resampled; the spectra of these pieces, put together; and the "
        "card's four corners. Four towers of plain convolutions; mean and maximum of their cells; "
        "two linear layers to seven logits. Each tower is also taught to judge alone, and that of "
        "the card where something is pasted over. Suspicion "
        "is the log odds of all kinds of attack against the original; the threshold turns it into "
        "a score of 0.5.",
        data=f"{photographs} simulated photographs, two sheets of each: 36 % originals (worn, "
        "faded, in hard light, with grey cameras, blurred, compressed), the others of instruments "
        "simulated in `training/camera/presentation/`. A quarter shows another document than a "
        "credential, and most are printed in colours and lines of their own "
        "(`training/presentation_attack/looks.py`), so that copies and not cards are learnt. Cards "
        "from number 1700 of the pool on are held out. The threshold is set on these and on "
        f"{strangers} true cards of the independent renderer and camera, of which nothing else "
        "was learnt.",
        metrics=metrics,
        limits=(*_LIMITS, _LEFT_OUT if metrics.get("left_out_of_training") else _NOT_LEFT_OUT),
    )
