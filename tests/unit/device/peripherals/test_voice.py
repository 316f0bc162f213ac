"""The voice of the prompts: the real synthesiser, and one that is broken."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest

from device.peripherals.voice import EspeakVoice, VoiceError, find_voice


def seconds(wav: bytes) -> float:
    """Return how long a sound lasts by its bytes: a stream does not know its length beforehand."""
    with wave.open(io.BytesIO(wav)) as sound:
        bytes_per_second = sound.getframerate() * sound.getsampwidth() * sound.getnchannels()
    return float(len(wav) / bytes_per_second)


class TestEspeakVoice:
    @pytest.mark.parametrize(
        ("language", "text"),
        [("es_MX", "Voltee su credencial."), ("en", "Turn your credential over.")],
    )
    def test_speaks_a_sentence(self, language: str, text: str) -> None:
        voice = find_voice()
        assert voice is not None
        assert 0.8 < seconds(voice.say(text, language)) < 8

    def test_speaks_a_sentence_once_and_remembers_it(self, tmp_path: Path) -> None:
        program = tmp_path / "voice"
        program.write_text('#!/bin/sh\necho said >> "$(dirname "$0")/said"\necho sound\n')
        program.chmod(0o755)
        voice = EspeakVoice(str(program))
        for _ in range(3):
            assert voice.say("Mire a la cámara.", "es_MX") == b"sound\n"
        assert (tmp_path / "said").read_text() == "said\n"


class TestABrokenVoice:
    def test_is_one_named_error(self, tmp_path: Path) -> None:
        with pytest.raises(VoiceError):
            EspeakVoice("/bin/false").say("hola", "es_MX")
        with pytest.raises(VoiceError):
            EspeakVoice(str(tmp_path / "none")).say("hola", "es_MX")

    def test_is_none_where_nothing_is_installed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert find_voice() is None
