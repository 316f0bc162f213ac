"""Every code that a screen can show has its sentence."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from device.capture.activation import CODES as ACTIVATION_CODES
from device.capture.live_photo import CODES as FACE_CODES
from device.capture.passwords import Fault
from device.capture.session import Step
from device.inference.quality import REASONS
from device.kiosk import texts
from domain.credential.checks import CODES as CHECK_CODES
from domain.credential.fields import FIELD_NAMES, Source

OWN_REASONS = ("side.other", "model.not_accepted", "reader.unavailable")


@pytest.mark.parametrize("code", [*REASONS, *OWN_REASONS, *FACE_CODES])
def test_every_reason_of_a_picture_has_its_own_sentence(code: str) -> None:
    assert texts.message(code) is not texts.UNKNOWN


@pytest.mark.parametrize("code", [*Fault, *sorted(ACTIVATION_CODES)])
def test_every_end_of_an_activation_has_its_own_sentence(code: str) -> None:
    assert texts.message(code) is not texts.UNKNOWN


@pytest.mark.parametrize("code", CHECK_CODES)
def test_every_disagreement_has_its_own_sentence(code: str) -> None:
    assert texts.check(code)


def test_every_field_source_and_step_has_its_name() -> None:
    assert set(texts.FIELDS) == set(FIELD_NAMES)
    assert set(texts.SOURCES) == {source.value for source in Source}
    assert list(texts.STEPS) == [step.value for step in Step][:7]


def test_people_read_spanish() -> None:
    app = Flask("device.kiosk.app", root_path="device/kiosk")
    Babel(app)
    with app.test_request_context(), force_locale("es_MX"):
        assert str(texts.FIELDS["nombres"]) == "Nombre(s)"
        assert str(texts.message("nonsense")).startswith("No se guardó.")
