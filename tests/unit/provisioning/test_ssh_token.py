from datetime import UTC, datetime, timedelta

import pytest

from provisioning.ssh_token import issue, read
from provisioning.steps.errors import RefusedError
from wire.keys import SoftwareSigner

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SSH_KEY = "ssh-ed25519 " + "A" * 68
SIGNER = SoftwareSigner.generate()


def order(**changed: object) -> str:
    """Sign an order for one station, an hour from noon on."""
    claims = {"station": "10000000abcd", "key": SSH_KEY, "network": "192.0.2.0/28", "now": NOW,
              "lasting": timedelta(hours=1), "signer": SIGNER, **changed}  # fmt: skip
    return issue(**claims)  # type: ignore[arg-type]


class TestAnOrder:
    def test_it_opens_for_one_key_from_one_network_until_a_moment(self) -> None:
        opening = read(order(), station="10000000abcd", public_pem=SIGNER.public_pem, now=NOW)
        assert opening.authorized_line == (
            'restrict,pty,from="192.0.2.0/28",expiry-time="20270301130000Z" ' + SSH_KEY + "\n"
        )

    @pytest.mark.parametrize(
        ("later", "station", "says"),
        [
            (timedelta(hours=1), "10000000abcd", "venció"),
            (timedelta(minutes=-6), "10000000abcd", "todavía no"),
            (timedelta(), "10000000abce", "otra estación"),
        ],
    )
    def test_it_is_refused(self, later: timedelta, station: str, says: str) -> None:
        with pytest.raises(RefusedError, match=says):
            read(order(), station=station, public_pem=SIGNER.public_pem, now=NOW + later)

    def test_one_of_somebody_else_is_refused(self) -> None:
        other = SoftwareSigner.generate()
        with pytest.raises(RefusedError, match="bien firmada"):
            read(order(), station="10000000abcd", public_pem=other.public_pem, now=NOW)

    def test_a_changed_one_is_refused(self) -> None:
        head, claims, signature = order().split(".")
        longer = order(lasting=timedelta(hours=8)).split(".")[1]
        assert claims != longer
        with pytest.raises(RefusedError, match="signature"):
            read(f"{head}.{longer}.{signature}", station="10000000abcd",
                 public_pem=SIGNER.public_pem, now=NOW)  # fmt: skip

    @pytest.mark.parametrize(
        "changed",
        [
            {"lasting": timedelta(hours=9)},
            {"lasting": timedelta()},
            {"key": 'command="x" ' + SSH_KEY},
            {"key": SSH_KEY + "\nssh-ed25519 " + "B" * 68},
            {"key": "ssh-rsa " + "A" * 200},
            {"network": "0.0.0.0/0"},
            {"network": 'x"'},
        ],
    )
    def test_a_wide_one_is_not_signed(self, changed: dict[str, object]) -> None:
        with pytest.raises(RefusedError):
            order(**changed)
