"""A voice for the prompts of the screen, synthesised on the station: no recording, no network."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from typing import Protocol

from device.peripherals.base import PeripheralError

_PROGRAM = "espeak-ng"
# Latin American Spanish and American English, somewhat slower than the voice's own 175 words.
_VOICES = {"es_MX": "es-419", "en": "en-us"}
_WORDS_PER_MINUTE = 145
_TIMEOUT_S = 10
# Each prompt once in each language, with room to spare; one is about 200 kB.
_REMEMBERED = 48


class VoiceError(PeripheralError):
    """A sentence was not spoken."""

    code = "voice.failed"


class Voice(Protocol):
    """Speaks sentences of the program; from several threads."""

    def say(self, text: str, language: str) -> bytes:
        """Return a sentence as WAV; raise `VoiceError` and nothing else."""


class EspeakVoice:
    """The synthesiser eSpeak NG, a process for each sentence it has not spoken yet."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._speak = lru_cache(_REMEMBERED)(self._synthesise)

    def say(self, text: str, language: str) -> bytes:
        return self._speak(text, language)

    def _synthesise(self, text: str, language: str) -> bytes:
        command = [self._program, "-v", _VOICES[language], "-s", str(_WORDS_PER_MINUTE), "--stdout"]
        try:
            spoken = subprocess.run(
                [*command, "--stdin"],
                input=text.encode(),
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise VoiceError("the synthesiser gave nothing") from error
        return spoken.stdout


def find_voice() -> Voice | None:
    """Return the voice of this machine, None where none is installed: the screens stay silent."""
    program = shutil.which(_PROGRAM)
    return None if program is None else EspeakVoice(program)
