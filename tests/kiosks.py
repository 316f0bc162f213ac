"""A whole station for tests: enrolled, with a policy, a replayed camera and a scripted reader."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import tomlkit
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from device.bootstrap import Station, build_station
from device.camera.base import Image
from device.camera.service import Running
from device.config import CameraConfig, Config, InferenceConfig, PeripheralsConfig
from device.inference.base import Classification, Model, Quad, TextBox
from device.inference.blaze_face import DETECTOR, MESH
from device.inference.reader import Preview
from device.inference.reading import Attack, FieldReading, Quality, Reading
from device.inference.tflite import DEFAULT_MODELS
from device.queue.assembly import open_spool
from device.queue.enrolment import EnrolmentStore
from domain.credential.fields import Side, Source
from domain.credential.mrz import Mrz, build_mrz
from tests.live_photos import photo_of
from tests.stations import AUXILIAR, PROCESS, SOLICITUD, Centre, enrol_directly, station_config
from training.live_photos import Kind
from wire.policy import Auxiliar, Policy, sign_policy

PASSWORD = "una contraseña inventada"
# The library's own figures would make every test wait; the verifier names its figures.
VERIFIER = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
NOTICE = "Aviso inventado para las pruebas.\n\nNadie de esta estación puede abrir lo guardado."
POLICY_TEXTS = {
    "citizen_page": "https://apoyo.example.mx/c",
    "help_phone": "800 000 0000",
    "help_mail": "ayuda@example.mx",
}
STROKES = "[[[0.1,0.2],[0.3,0.8],[0.5,0.2],[0.7,0.8]],[[0.2,0.5],[0.8,0.5]]]"

FRONT_COLOUR, BACK_COLOUR = (196, 226, 214), (228, 214, 236)
ZONE = build_mrz(
    Mrz("123456789", "0001000000001", "900101", "M", "341231", "01", "00001", "EJEMPLO PRUEBA",
        "LUISA")
)  # fmt: skip
_FRONT_TEXT = {
    "nombres": "LUISA",
    "apellido_paterno": "EJEMPLO",
    "apellido_materno": "PRUEBA",
    "domicilio": ("C INVENTADA 1", "COL NINGUNA 00000"),
    "clave_elector": "EJPRLS90010109M000",
    "curp": "EEPL900101MDFJRS02",
    "anio_registro": "2008 01",
    "seccion": "0001",
    "vigencia": "2024-2034",
    "fecha_nacimiento": "01/01/1990",
    "sexo": "M",
}


def _fields(texts: Mapping[str, Any], source: Source) -> dict[str, FieldReading]:
    return {
        name: FieldReading(value, 0.99, source, TextBox(420, 130 + 55 * i, 1150, 170 + 55 * i))
        for i, (name, value) in enumerate(texts.items())
    }


def _quad(image: Image) -> Quad:
    height, width = image.shape[:2]
    return Quad(
        (
            (0.15 * width, 0.15 * height),
            (0.85 * width, 0.15 * height),
            (0.85 * width, 0.85 * height),
            (0.15 * width, 0.85 * height),
        )
    )


_GOOD = Quality(0.8, 0.6, 0.0, 0.0, 0.5, 12.0, inside=True)


class ScriptedReader:
    """Knows the side by the colour of the frame's middle; everything else is written down."""

    def __init__(self) -> None:
        self.reasons: tuple[str, ...] = ()
        self.seen: tuple[str, ...] = ()
        self.model = Model.G
        self.checks: tuple[str, ...] = ()
        self.vigencia = str(_FRONT_TEXT["vigencia"])
        self.zone: tuple[str, str, str] | None = ZONE
        # Texts that another card has on its front, and how sure the reader is of each field.
        self.front: dict[str, Any] = {}
        self.confidence: dict[str, float] = {}
        self.is_copy = False
        self.back = {"cic": "123456789", "numero_ocr": "0001000000001", "sexo": "M"}
        self.reads = 0

    def read(self, image: Image, *, today: date | None) -> Reading:
        self.reads += 1
        side = self._side(image)
        if side is None:
            return Reading(found=False, reasons=("card.not_found",))
        is_front = side is Side.FRONT
        return Reading(
            found=True,
            reasons=self.reasons,
            quad=_quad(image),
            side=side,
            model=self.model,
            fields=self._read_fields(is_front=is_front),
            mrz=None if is_front else self.zone,
            quality=_GOOD,
            attack=Attack(True, 0.9, "photocopy") if self.is_copy else Attack(False, 0.05, None),
            checks=self.checks,
            ms={"total": 80.4},
        )

    def preview(self, image: Image, *, classify: bool = False) -> Preview:
        side = self._side(image)
        if side is None:
            return Preview(None, None, ("card.not_found",))
        kind = Classification(side, self.model, False, 0.99, 0.99, 0.99)
        return Preview(_quad(image), _GOOD, self.seen, kind if classify else None)

    def _read_fields(self, *, is_front: bool) -> dict[str, FieldReading]:
        texts = {**_FRONT_TEXT, "vigencia": self.vigencia, **self.front}
        source = Source.TEXT
        if not is_front:
            texts = self.back
            source = Source.MRZ
        read = _fields({name: text for name, text in texts.items() if text}, source)
        return {
            name: replace(field, confidence=self.confidence.get(name, field.confidence))
            for name, field in read.items()
        }

    def _side(self, image: Image) -> Side | None:
        height, width = image.shape[:2]
        middle = np.median(image[height // 3 : height // 2, width // 5 : width // 4], axis=(0, 1))
        if np.abs(middle - FRONT_COLOUR).max() < 12:
            return Side.FRONT
        return Side.BACK if np.abs(middle - BACK_COLOUR).max() < 12 else None


def draw_scene(colour: tuple[int, int, int], size: tuple[int, int] = (800, 500)) -> Image:
    """Draw a card of one colour with something printed on it, on a dark table."""
    width, height = size
    image = np.full((height, width, 3), (52, 58, 66), np.uint8)
    left, top, right, bottom = (int(v) for v in np.array(_quad(image).corners)[[0, 2]].flatten())
    cv2.rectangle(image, (left, top), (right, bottom), colour, -1)
    printed = {FRONT_COLOUR: ("EJEMPLO", "PRUEBA", "LUISA"), BACK_COLOUR: ZONE}
    lines = printed.get(colour, ())
    scale = 1.1 if colour == FRONT_COLOUR else 1.0
    for number, line in enumerate(lines):
        place = (left + (300 if colour == FRONT_COLOUR else 30), top + 130 + 70 * number)
        cv2.putText(
            image, line, place, cv2.FONT_HERSHEY_PLAIN, scale * width / 600, (30, 30, 40), 2
        )
    noise = np.random.default_rng(1).integers(-6, 7, image.shape)
    return np.asarray(np.clip(image.astype(np.int16) + noise, 0, 255), np.uint8)


@dataclass
class Stand:
    """A station at work, and the hands that put things before its camera."""

    station: Station
    reader: ScriptedReader
    centre: Centre
    config: Config
    scenes: Path

    def show(self, scene: str) -> None:
        """Put front, back, face or table before the camera, as the demo does: switch a link."""
        fresh = self.scenes / "next"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.scenes / scene)
        fresh.replace(self.scenes / "now")

    def show_photo(self, kind: Kind, seed: int = 1) -> None:
        """Put a person before the camera, or what somebody tries in place of one."""
        name = f"{kind}-{seed}"
        if not (self.scenes / name).exists():
            (self.scenes / name).mkdir()
            (self.scenes / name / "1.png").write_bytes(_packed(photo_of(kind, seed)))
        self.show(name)

    def browser(self) -> Browser:
        """Open a browser on the kiosk."""
        return Browser(self.station.app.test_client())

    def wait_for_camera(self) -> None:
        """Return once frames arrive."""
        for _ in range(1000):
            if isinstance(self.station.camera.state, Running):
                return
            time.sleep(0.01)
        raise AssertionError("the camera did not start")


class Browser:
    """A browser: keeps cookies, finds the token of the page, sends forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def token(self) -> str:
        page = self.client.get("/health-page-that-is-not-there").get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        return found[1]

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form as the page does."""
        names = {name.replace("__", "."): value for name, value in fields.items()}
        return self.client.post(path, data={"csrf_token": self.token(), **names})

    def call(self, path: str, **fields: str) -> dict[str, Any]:
        """Send a form and return the JSON answer with its status."""
        names = {name.replace("__", "."): value for name, value in fields.items()}
        answer = self.client.post(
            path, data=names, headers={"Accept": "application/json", "X-CSRFToken": self.token()}
        )
        return {"status": answer.status_code, **answer.get_json()}

    def sign_in(self) -> dict[str, Any]:
        return self.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)

    def text(self, path: str) -> str:
        """Return the text of a page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.get_data(as_text=True)


class Caller(Protocol):
    """Whoever can lead a visit: `Browser`, or a screen in Chromium."""

    def call(self, path: str, **fields: str) -> dict[str, Any]: ...
    def sign_in(self) -> dict[str, Any]: ...


# How a visit is led: what lies before the camera, and what is sent, at each step.
_ACTIONS: dict[str, tuple[tuple[str, str, dict[str, str]], ...]] = {
    "consent": (("table", "/capture/consent", {"agree": "1"}),),
    "front": (("front", "/capture/front/shoot", {}),),
    "back": (("back", "/capture/back/shoot", {}),),
    "confirm": (("face", "/capture/confirm", {}),),
    "live_photo": (
        ("face", "/capture/live-photo/shoot", {}),
        ("face", "/capture/live-photo/accept", {}),
    ),
    "signature": (("table", "/capture/signature", {"strokes": STROKES}),),
    "summary": (("table", "/capture/seal", {}),),
}


def bring_to(place: Stand, caller: Caller, step: str) -> dict[str, Any]:
    """Sign in, begin a visit and lead it to a step; return the last answer."""
    caller.sign_in()
    answer = caller.call("/capture/start")
    for at, actions in _ACTIONS.items():
        if at == step:
            break
        for scene, path, fields in actions:
            place.show(scene)
            answer = caller.call(path, **fields)
            assert answer["status"] == 200, answer
    return answer


@cache
def _scenes() -> dict[str, bytes]:
    colours = {"front": FRONT_COLOUR, "back": BACK_COLOUR, "table": (52, 58, 66)}
    images = {name: draw_scene(colour) for name, colour in colours.items()}
    images["face"] = photo_of("good")
    return {name: _packed(image) for name, image in images.items()}


def _packed(image: Image) -> bytes:
    return cv2.imencode(".png", image[:, :, ::-1])[1].tobytes()


def write_scenes(folder: Path) -> None:
    """Write one folder of images for each thing that may lie before the camera."""
    for name, content in _scenes().items():
        (folder / name).mkdir(parents=True)
        (folder / name / "1.png").write_bytes(content)
    (folder / "now").symlink_to(folder / "table")


def kiosk_policy(centre: Centre, **process: Any) -> Policy:
    """Invent a policy whose auxiliar has a password."""
    policy = centre.policy()
    settings = {"notice": "aviso-1", "notice_text": NOTICE, **process}
    return replace(
        policy,
        processes=(replace(policy.processes[0], **settings),),
        auxiliares=(
            Auxiliar(AUXILIAR, SOLICITUD, PROCESS, "Auxiliar Inventada", "Aspirante Inventado",
                     verifier=VERIFIER),
        ),
        texts=POLICY_TEXTS,
    )  # fmt: skip


def enrolled_config(folder: Path, centre: Centre, **process: Any) -> Config:
    """Enrol a station and write scenes and a list of models for it."""
    config = replace(
        station_config(folder / "data"),
        camera=CameraConfig(driver="replay", folder=str(folder / "scenes" / "now")),
        inference=InferenceConfig(models=str(folder / "models")),
    )
    write_scenes(folder / "scenes")
    (folder / "models").mkdir()
    (folder / "models" / "models.toml").write_text('[one]\nfile = "one.tflite"\nsha256 = "00"\n')
    enrol_directly(config, centre)
    spool = open_spool(config)
    EnrolmentStore(spool.database).set(
        "policy", sign_policy(kiosk_policy(centre, **process), centre.signer)
    )
    spool.close()
    return config


def list_faces(models_toml: Path) -> None:
    """Add the networks that find faces to a list of models."""
    tables = tomllib.loads(DEFAULT_MODELS.read_text(encoding="utf-8"))
    with models_toml.open("a", encoding="utf-8") as written:
        for name in (DETECTOR, MESH):
            written.write(tomlkit.dumps({name: tables[name]}))


@contextmanager
def stand(
    folder: Path,
    *,
    automatic: bool = False,
    faces: bool = False,
    peripherals: PeripheralsConfig | None = None,
    **process: Any,
) -> Iterator[Stand]:
    """Build a station with these settings of its process, and close it afterwards.

    Pictures take themselves where `automatic` says so: elsewhere a test says when. The station
    has its networks for faces where `faces` says so: elsewhere nobody looks at the live photo.
    """
    centre, reader = Centre(), ScriptedReader()
    config = enrolled_config(folder, centre, **process)
    if faces:
        list_faces(folder / "models" / "models.toml")
    config = replace(
        config,
        kiosk=replace(config.kiosk, automatic_shutter=automatic),
        peripherals=peripherals or PeripheralsConfig(),
    )
    station = build_station(config, "0.1.0-test", reader=reader)
    at_work = Stand(station, reader, centre, config, folder / "scenes")
    at_work.wait_for_camera()
    yield at_work
    station.close()
