"""90: what the firmware of a Raspberry Pi is told, and what cannot be taken back.

Reversible: lines of config.txt (Raspberry Pi documentation, config.txt, "include"), the
bootloader's configuration (rpi-eeprom-config, `--apply`; "Raspberry Pi boot EEPROM").
Irreversible and only with `--irreversible`: the device key in the fuses (rpi-fw-crypto `genkey
--key-id 1 --alg ec`, raspberrypi/utils).

Secure boot, the JTAG lock and the EEPROM's write protection are fuses, too; they are burnt by the
recovery that `rpiboot` sends from another computer and by nothing that runs on the board
(raspberrypi/usbboot, secure-boot-recovery*/config.txt: `program_pubkey=1`, `program_jtag_lock=1`,
`eeprom_write_protect=1`). This step writes that file, ready and with every line commented out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change, File, Rewritten
from provisioning.steps.errors import CommandError, RefusedError
from provisioning.steps.tree import Tree

CONFIG = "/boot/firmware/config.txt"
INCLUDED = "/boot/firmware/acopio.txt"
RECOVERY = "/usr/share/doc/acopio/rpiboot-config.txt"
_KEY_ID = "1"
_RECOVERY_TEXT = b"""\
# For the recovery that rpiboot sends (raspberrypi/usbboot, secure-boot-recovery or -recovery5).
# EVERY LINE BURNS FUSES OR CLOSES THE BOARD FOR GOOD. Try them on a board that may be lost.
uart_2ndstage=1
#
# 1. Only images signed with the key in the EEPROM start, for ever. Lose the key, lose the boards.
#program_pubkey=1
# 2. No debugger, for ever.
#program_jtag_lock=1
# 3. The EEPROM refuses writes while its /WP pin is pulled low.
#eeprom_write_protect=1
"""


def plan(site: Site) -> Sequence[Change]:
    """Tell the firmware; burn the device key only where it was asked for."""
    lines = [*site.board.config, *_of_options(site)]
    changes: list[Change] = [
        # FAT has neither owners nor modes: what it shows is what the mount says.
        Rewritten(INCLUDED, "ajustes de la placa", lambda _: _included(lines)),
        Rewritten(CONFIG, "incluye acopio.txt", _with_include),
        File(RECOVERY, _RECOVERY_TEXT),
    ]
    if site.tree.is_live:
        changes.append(
            Act(
                "EEPROM",
                f"arranque: {', '.join(site.board.eeprom)}",
                _eeprom_has(site),
                _apply(site),
            )
        )
        if site.options.irreversible:
            changes.append(
                Act(
                    "OTP",
                    "IRREVERSIBLE: graba la llave de la placa en sus fusibles",
                    has_device_key,
                    _burn,
                )
            )
    return changes


def has_device_key(tree: Tree) -> bool:
    """Whether the board's own key is there: its public half can be asked for."""
    try:
        tree.run(["rpi-fw-crypto", "pubkey", "--key-id", _KEY_ID, "--outform", "hex"])
    except CommandError:
        return False
    return True


def _of_options(site: Site) -> list[str]:
    lines = []
    if site.options.rtc_rechargeable and site.board.rtc:
        lines.append("dtparam=rtc_bbat_vchg=3000000")  # 3.0 V, in µV
    if site.options.irreversible:
        # The raw key cannot be read any more until the next start (rpifwcrypto/README.md).
        lines.append("lock_device_private_key=1")
    return lines


def _included(lines: Sequence[str]) -> str:
    return "\n".join(["# Written by acopio-provision (step 90).", "[all]", *lines]) + "\n"


def _with_include(text: str) -> str:
    wanted = "include acopio.txt"
    if wanted in text.splitlines():
        return text
    return text.rstrip("\n") + f"\n\n[all]\n{wanted}\n"


def _eeprom_has(site: Site) -> Callable[[Tree], bool]:
    def done(tree: Tree) -> bool:
        lines = set(tree.run(["rpi-eeprom-config"]).splitlines())
        return lines.issuperset(site.board.eeprom)

    return done


def _apply(site: Site) -> Callable[[Tree], None]:
    def act(tree: Tree) -> None:
        names = {line.split("=")[0] for line in site.board.eeprom}
        current = tree.run(["rpi-eeprom-config"]).splitlines()
        kept = [line for line in current if line.split("=")[0] not in names]
        path = tree.path("/run/acopio-eeprom.conf")
        path.write_text("\n".join([*kept, *site.board.eeprom]) + "\n", "utf-8")
        try:
            tree.run(["rpi-eeprom-config", "--apply", str(path)])
        finally:
            path.unlink()
        raise RefusedError(
            "la placa toma su nuevo arranque al reiniciar: reinicie y aplique de nuevo desde el "
            "paso 90"
        )

    return act


def _burn(tree: Tree) -> None:
    keys = tree.run(["rpi-fw-crypto", "get-num-otp-keys"])
    if keys.rstrip().endswith(" 0"):
        raise RefusedError("el firmware de esta placa no guarda llaves: actualice su arranque")
    tree.run(["rpi-fw-crypto", "genkey", "--key-id", _KEY_ID, "--alg", "ec"])


def _skip(site: Site) -> str | None:
    return None if site.board.firmware else f"{site.board.title} no arranca con config.txt"


def _note(site: Site) -> str | None:
    if site.options.irreversible:
        return "la llave de la placa quedó en sus fusibles y no se puede cambiar"
    return "sin --irreversible: no se grabó ningún fusible"


STEP = Step(90, "bootloader", "Arranque de la placa", plan, skip=_skip, note=_note)
