"""Orders: heard once by the station they are for, answered, and refused from anybody else."""

from datetime import timedelta

from sqlalchemy import select

from central.intake import orders
from central.models import OrderState, StationIncident, StationOrder
from central.models import Station as StationRow
from device.clock import to_ms
from device.queue.assembly import open_delivery
from device.queue.orders import OrderBook
from tests.centres import Centre
from tests.integration.central.pairs import seal
from tests.stations import VERSIONS, Station
from wire.keys import SoftwareSigner
from wire.orders import Order, OrderAnswer, OrderAnswers, OrderKind, sign_order, verify_order


def give(centre: Centre, kind: OrderKind, text: str = "", hours: int = 12) -> int:
    now = centre.clock.now()
    with centre.database.write() as session:
        ids = list(session.scalars(select(StationRow.id)))
        return orders.give(
            session, ids, kind,
            text=text, expires_at=now + timedelta(hours=hours), now=now, made_by="user:1",
        )  # fmt: skip


def order(centre: Centre) -> StationOrder:
    with centre.database.read() as session:
        return session.scalars(select(StationOrder).order_by(StationOrder.id.desc())).first()  # type: ignore[return-value]  # there is one


def greet(station: Station) -> None:
    delivery = open_delivery(station.config, station.clock, VERSIONS, spool=station.spool)
    try:
        assert delivery.run_once().error is None
    finally:
        delivery.close()


def book(station: Station) -> OrderBook:
    return OrderBook(station.store, station.spool)


class TestAMessage:
    def test_is_shown_answered_and_ends_by_itself(self, centre: Centre, station: Station) -> None:
        assert give(centre, OrderKind.MESSAGE, "La sede <b>abre</b> a las 8.") == 1
        greet(station)
        now_ms = to_ms(centre.clock.now())
        assert book(station).message(now_ms=now_ms) == "La sede <b>abre</b> a las 8."
        assert order(centre).state is OrderState.OPEN
        greet(station)
        assert (order(centre).state, order(centre).code) == (OrderState.DONE, "")
        assert book(station).answers() == OrderAnswers()
        assert book(station).message(now_ms=now_ms + 13 * 3_600_000) is None

    def test_that_was_taken_back_is_never_heard(self, centre: Centre, station: Station) -> None:
        give(centre, OrderKind.MESSAGE, "No.")
        with centre.database.write() as session:
            batch = session.scalars(select(StationOrder.batch)).one()
            assert orders.cancel(session, batch, now=centre.clock.now(), made_by="user:1") == 1
        greet(station)
        assert book(station).message(now_ms=to_ms(centre.clock.now())) is None
        assert order(centre).state is OrderState.CANCELLED

    def test_that_nobody_heard_in_time_expires(self, centre: Centre, station: Station) -> None:
        give(centre, OrderKind.MESSAGE, "Tarde.", hours=1)
        centre.clock.advance(2 * 3600)
        with centre.database.write() as session:
            assert orders.expire(session, now=centre.clock.now()) == 1
        greet(station)
        assert order(centre).state is OrderState.EXPIRED


class TestAReport:
    def test_says_how_chain_and_queue_are_and_names_nobody(
        self, centre: Centre, station: Station
    ) -> None:
        sealed = seal(station, 2)
        give(centre, OrderKind.INCIDENT)
        greet(station)
        greet(station)
        with centre.database.read() as session:
            report = session.scalars(select(StationIncident)).one().report
        assert any(value.startswith("seq 2 link ") for value in report.values())
        assert all(str(one.folio) not in str(report) for one in sealed)


class TestAStation:
    def _sign(self, centre: Centre, **changes: object) -> str:
        now_ms = to_ms(centre.clock.now())
        values: dict[str, object] = {
            "id": "0" * 32, "station": "E1", "kind": OrderKind.MESSAGE,
            "issued_ms": now_ms, "expires_ms": now_ms + 1000, "text": "Hola",
        }  # fmt: skip
        signer = changes.pop("signer", None)
        made = Order(**(values | changes))  # type: ignore[arg-type]
        parts = centre.app.extensions["acopio"]
        return sign_order(made, signer or parts.secrets.signer("policy"))  # type: ignore[arg-type]

    def _heed(self, centre: Centre, station: Station, token: str) -> str | None:
        now_ms = to_ms(centre.clock.now())
        found = book(station)
        found.heed([token], found.answers(), now_ms=now_ms)
        return found.message(now_ms=now_ms)

    def test_does_an_order_once_however_often_it_is_sent(
        self, centre: Centre, station: Station
    ) -> None:
        name = station.store.current().station
        token = self._sign(centre, station=name)
        assert self._heed(centre, station, token) == "Hola"
        other = self._sign(centre, station=name, id="1" * 32, text="Otra")
        assert self._heed(centre, station, other) == "Otra"
        assert self._heed(centre, station, token) == "Otra"

    def test_refuses_what_is_expired_for_another_or_of_another_key(
        self, centre: Centre, station: Station
    ) -> None:
        name = station.store.current().station
        for token in (
            self._sign(centre, station="OTRA"),
            self._sign(centre, station=name, signer=SoftwareSigner.generate()),
            self._sign(centre, station=name, expires_ms=1),
            self._sign(centre, station=name)[:-4] + "AAAA",
            "x",
        ):
            assert self._heed(centre, station, token) is None

    def test_of_the_previous_release_hears_no_orders(self, centre: Centre) -> None:
        old = centre.station("E9")
        give(centre, OrderKind.MESSAGE, "Hola")
        assert old.greeted().orders is None
        told = old.greeted(orders=OrderAnswers()).orders
        assert told is not None
        assert verify_order(told[0], old.keys, station="E9").text == "Hola"

    def test_cannot_answer_for_another(self, centre: Centre) -> None:
        one, other = centre.station("E8"), centre.station("E9")
        with centre.database.write() as session:
            row = session.scalars(
                select(StationRow).where(StationRow.id_dispositivo == one.name)
            ).one()
            orders.give(
                session, [row.id], OrderKind.MESSAGE, text="Hola", now=centre.clock.now(),
                expires_at=centre.clock.now() + timedelta(hours=1), made_by="user:1",
            )  # fmt: skip
        token = order(centre).token
        other.greeted(orders=OrderAnswers((OrderAnswer(token, is_done=True),)))
        assert order(centre).state is OrderState.OPEN
