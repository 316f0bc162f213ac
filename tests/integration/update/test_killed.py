"""Updates interrupted at every stage, in real processes: one whole slot, no lost apoyo.

The long form is `make bench-update`: 200 interruptions, with the real gate.
"""

from pathlib import Path

from device.update.points import CONFIRM_POINTS, INSTALL_POINTS
from tests.machines import FACTORY, Machine, started_whole
from tests.update_campaign import ANYWHERE, Campaign


class TestAnInterruptedUpdate:
    def test_leaves_one_whole_slot_and_every_apoyo_at_each_stage(self, tmp_path: Path) -> None:
        campaign = Campaign(tmp_path, gate=lambda _: "")
        campaign.run(len(INSTALL_POINTS) + len(CONFIRM_POINTS) + 1)
        killed = {point for point, _ in campaign.kills}
        assert killed - {ANYWHERE} == {*INSTALL_POINTS, *CONFIRM_POINTS}
        assert campaign.verdicts["kept"] + campaign.verdicts["returned"] == campaign.number
        assert campaign.verdicts["returned"] == 1  # the one whose gate said no
        assert campaign.sealed >= campaign.number

    def test_the_oracle_sees_a_mixture_of_two_releases(self, tmp_path: Path) -> None:
        machine = Machine.from_factory(tmp_path)
        assert started_whole(machine, [FACTORY])
        machine.image("a", "root").write_bytes(b"other root")
        assert not started_whole(machine, [FACTORY, {"boot": b"x", "root": b"other root"}])
