"""Who the demo brings to the station."""

from collections import Counter

from demo.cast import Circumstance, invent_visits
from training.people import MODELS

VISITS = invent_visits(1)


class TestInventVisits:
    def test_brings_the_same_people_for_the_same_seed(self) -> None:
        assert invent_visits(1) == VISITS
        assert invent_visits(2) != VISITS

    def test_brings_at_least_24_citizens_of_all_models(self) -> None:
        citizens = {visit.person.clave_elector for visit in VISITS}
        assert len(citizens) >= 24
        assert len(citizens) == len(VISITS) - 1
        assert {visit.model for visit in VISITS} == set(MODELS)

    def test_brings_one_visit_of_each_odd_circumstance(self) -> None:
        odd = Counter(visit.circumstance for visit in VISITS)
        del odd[Circumstance.ORDINARY]
        assert set(odd) == set(Circumstance) - {Circumstance.ORDINARY}
        assert set(odd.values()) == {1}
