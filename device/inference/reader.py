"""Reads one image of a credential from frame to fields, and joins the frames of a burst."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.inference import attack, fingers, mrz, quality, sharpness
from device.inference.back import read_back
from device.inference.barcodes import BarcodeReader
from device.inference.base import (
    CardClassifier,
    CardDetector,
    Classification,
    Detection,
    Image,
    Model,
    ModelError,
    Quad,
    Side,
    TextBox,
    TextDetector,
    TextLine,
    TextRecogniser,
)
from device.inference.contrast import evened
from device.inference.fields import read_front
from device.inference.images import as_rgb, grey_of
from device.inference.model_of_card import headings, is_credential, settle
from device.inference.quality import QualityLimits
from device.inference.reading import Attack, FieldReading, Quality, Reading
from device.inference.rectify import rectify, turned
from device.inference.tflite import DEFAULT_MODELS, list_models
from device.inference.variants import read_choice
from domain.credential.checks import cross_checks
from domain.credential.fields import MODELS_WITH_MRZ

_LEAST_SIDE_PX = 48  # a smaller image holds no card that could be read
_CLASSIFIED = (288, 192)
_SURE = 0.5
_EDGED = 0.88
_MOST_RIVALS = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """Guidance for one preview frame: where the card is and what keeps the shutter closed.

    `kind` is there where the frame was classified.
    """

    quad: Quad | None
    quality: Quality | None
    reasons: tuple[str, ...]
    kind: Classification | None = None


@dataclass(slots=True)
class _Stopwatch:
    """Milliseconds by stage."""

    now_ns: Callable[[], int]
    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = self.now_ns()
        try:
            yield
        finally:
            self.ms[name] = self.ms.get(name, 0.0) + (self.now_ns() - begun) / 1e6


class CardReader:
    """The reading of a credential; one thread at a time.

    Without a text network (`None`) the card is found, judged and scanned for barcodes, and no
    field is read: the kiosk then asks for typed ones, if the process allows it.
    """

    def __init__(
        self,
        detector: CardDetector,
        classifier: CardClassifier,
        text_detector: TextDetector | None,
        recogniser: TextRecogniser | None,
        *,
        suspect: Callable[[Image, Image, Quad], Attack] = attack.score,
        barcodes: BarcodeReader | None = None,
        limits: QualityLimits | None = None,
        still_scale: float = 1.0,
        now_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._suspect = suspect
        self._detector = detector
        self._classifier = classifier
        self._text_detector = text_detector
        self._recogniser = recogniser
        self._barcodes = barcodes or BarcodeReader(None)
        self._limits = limits or QualityLimits()
        self._still_scale = still_scale
        self._now_ns = now_ns

    def read(self, image: npt.NDArray[np.generic], *, today: date | None) -> Reading:
        """Return what one still says; `today` decides what has expired, None judges no expiry.

        Raises:
            ImageError: The array is no image.
        """
        clock = _Stopwatch(self._now_ns)
        with clock.stage("total"):
            reading = self._read(as_rgb(image), today, clock)
        return replace(reading, ms=clock.ms)

    def preview(self, image: npt.NDArray[np.generic], *, classify: bool = False) -> Preview:
        """Return guidance for one preview frame, by one pass of the detector alone.

        `classify` asks the classifier too, which takes half as long again.

        Raises:
            ImageError: The array is no image.
        """
        frame = as_rgb(image)
        found = self._detector.locate(frame) if min(frame.shape[:2]) >= _LEAST_SIDE_PX else None
        if found is None:
            return Preview(None, None, ("card.not_found", *quality.of_frame(frame)))
        quad = _lengthwise(found.quad)
        card = rectify(frame, quad, width=sharpness.WIDTH_PX, height=sharpness.HEIGHT_PX)
        measured = quality.measure(card, grey_of(card), quad, frame.shape[:2], {}, self._limits)
        reasons = quality.reasons(measured, self._limits, still_scale=self._still_scale)
        kind = self._oriented(frame, quad)[1] if classify else None
        return Preview(quad, measured, reasons, kind)

    def _read(self, frame: Image, today: date | None, clock: _Stopwatch) -> Reading:
        with clock.stage("detect"):
            found = self._detector.detect(frame) if min(frame.shape[:2]) >= _LEAST_SIDE_PX else None
        if found is None:
            return Reading(found=False, reasons=("card.not_found", *quality.of_frame(frame)))
        with clock.stage("classify"):
            quad, kind = self._judged(frame, found)
        side = kind.side or kind.likelier
        with clock.stage("rectify"):
            card = rectify(frame, quad)
            grey = grey_of(card)
        reading = Reading(found=True, reasons=(), quad=quad, side=side, model=kind.model)
        reading, lines = self._with_text(reading, grey, today, clock)
        for view in () if reading.fields else _other_views(reading):
            # What stands on its head, or is the other side, reads as nothing: the classifier
            # may have been wrong.
            way = grey if view.quad == quad else turned(grey)
            other, other_lines = self._with_text(view, way, today, clock)
            if other.fields:
                if view.quad != quad:
                    card, grey, quad = turned(card), way, quad.turned()
                reading, lines, side = other, other_lines, view.side or side
                break
        is_doubted = kind.side is None
        if not (reading.found and is_credential(side, lines, reading, doubted=is_doubted)):
            return Reading(found=False, reasons=("card.not_a_credential",))
        if side is Side.BACK:
            with clock.stage("barcodes"):
                reading = replace(reading, barcodes=self._barcodes.read(grey, frame, quad))
        reading = replace(reading, model=_settled(kind, reading, lines))
        with clock.stage("quality"):
            boxes = {n: f.box for n, f in reading.fields.items() if f.box is not None}
            covered_mm = fingers.covered_mm(frame, quad)
            measured = quality.measure(
                card, grey, quad, frame.shape[:2], boxes, self._limits, covered_mm=covered_mm
            )
        with clock.stage("attack"):
            suspected = self._suspect(frame, card, quad)
        with clock.stage("checks"):
            checks = cross_checks(reading.values(), reading.mrz, today=today)
        missing = _missing(reading)
        causes = quality.after_reading(
            measured,
            side=side,
            read=reading.fields,
            is_key_missing=bool(missing),
            limits=self._limits,
        )
        return replace(
            reading,
            quality=measured,
            attack=suspected,
            checks=checks,
            reasons=tuple(sorted((*causes, *missing))),
        )

    def _judged(self, frame: Image, found: Detection) -> tuple[Quad, Classification]:
        """Return the card's quad and kind; where the best guess is no card, a rival may be one."""
        quad, kind = self._oriented(frame, _lengthwise(found.quad))
        sure = found.certainty > _SURE or kind.side_confidence > _SURE
        if found.edges > _EDGED or (kind.side is not None and sure):
            return quad, kind  # where four edges are seen, that is the card, whatever it is
        for rival in found.rivals[:_MOST_RIVALS]:
            other, other_kind = self._oriented(frame, _lengthwise(rival))
            if other_kind.side is None:
                continue
            if kind.side is None or other_kind.side_confidence > kind.side_confidence + 0.1:
                quad, kind = other, other_kind
        return quad, kind

    def _oriented(self, frame: Image, quad: Quad) -> tuple[Quad, Classification]:
        """Return the quad in the card's own orientation, and what the card is."""
        width, height = _CLASSIFIED
        small = rectify(frame, quad, width=width, height=height)
        kind = self._classifier.classify(small)
        if kind.upside_down:
            again = self._classifier.classify(turned(small))
            if not again.upside_down or again.upright_confidence < kind.upright_confidence:
                return quad.turned(), replace(again, upside_down=False)
        return quad, kind

    def _with_text(
        self, reading: Reading, grey: Image, today: date | None, clock: _Stopwatch
    ) -> tuple[Reading, list[TextLine]]:
        """Return the reading with its fields, and the lines that tell what the card is."""
        if self._text_detector is None or self._recogniser is None:
            return reading, []
        with clock.stage("text_boxes"):
            grey = evened(grey)
            boxes = self._text_detector.find(grey)
        if reading.side is Side.FRONT:
            with clock.stage("recognise"):
                lines = self._recogniser.read(grey, boxes)
            with clock.stage("fields"):
                recogniser = self._recogniser

                def look(places: Sequence[TextBox]) -> list[TextLine]:
                    return recogniser.read(grey, places)

                fields = read_front(lines, look, today=today)
            return replace(reading, fields=fields), lines
        with clock.stage("mrz"):
            zone = mrz.read(grey, boxes, self._recogniser)
            found = zone is not None or not mrz.is_foreign(grey, boxes, self._recogniser)
        with clock.stage("recognise"):
            fields = read_back(grey, boxes, zone, self._recogniser)
            named = self._recogniser.read(grey, headings(boxes))
        printed = zone.printed if zone is not None else None
        return replace(reading, found=found, fields=fields, mrz=printed), named


def _other_views(reading: Reading) -> Iterator[Reading]:
    """Yield what a card may be that could not be read: turned, the other side, and both."""
    quad, side = reading.quad, reading.side
    if quad is None:
        return
    other_side = Side.BACK if side is Side.FRONT else Side.FRONT
    yield replace(reading, found=True, quad=quad.turned())
    yield replace(reading, found=True, side=other_side)
    yield replace(reading, found=True, side=other_side, quad=quad.turned())


def _settled(kind: Classification, reading: Reading, lines: Sequence[TextLine]) -> Model:
    chances = kind.model_chances or {kind.model: kind.model_confidence}
    return settle(
        chances,
        side=reading.side or Side.FRONT,
        texts=[line.text for line in lines],
        fields=reading.fields,
        mrz=reading.mrz,
        barcodes=reading.barcodes,
    )


def load_reader(
    models_toml: Path = DEFAULT_MODELS,
    *,
    threads: int = 1,
    int8: bool | None = None,
    choice: Path | None = None,
    still_scale: float = 1.0,
    now_ns: Callable[[], int] = time.perf_counter_ns,
) -> CardReader:
    """Return a reader with the networks that `models_toml` lists.

    `int8` takes the variants of eight bits; None takes, of each network, what the file `choice`
    says this board runs faster (`device.inference.variants`) and, without one, eight bits where the
    runtime is fast with them.
    `still_scale` is how many times as large a still is as a preview, side by side.
    `now_ns` is the clock of the stages: a measurement may count the processor's time alone.

    Raises:
        ModelError: A model is not listed, is missing, has another hash or does not load.
    """
    # The runtime and its networks are loaded by who reads, not by who imports.
    from device.inference.attack_judge import TfliteAttackJudge
    from device.inference.classify import TfliteCardClassifier
    from device.inference.detect import TfliteCardDetector
    from device.inference.recognise import TfliteTextRecogniser
    from device.inference.sharpen import CodeSharpener
    from device.inference.text_boxes import TfliteTextDetector

    chosen = read_choice(choice, models_toml)
    threads = min(threads, chosen.threads or threads)
    models = list_models(models_toml, int8=chosen.int8 if int8 is None else int8)
    needed = ("card_detector", "card_classifier", "text_detector", "text_recogniser")
    missing = [name for name in needed if name not in models]
    if missing:
        raise ModelError(f"{models_toml} does not list {', '.join(missing)}")
    sharpener = models.get("code_sharpener")  # an older list of models has none
    recogniser = TfliteTextRecogniser(models["text_recogniser"], threads=threads)
    # A list without the judge is an older one: colour and raster are looked at then.
    suspect = (
        TfliteAttackJudge(models["presentation_attack"], threads=threads).score
        if "presentation_attack" in models
        else attack.score
    )
    return CardReader(
        TfliteCardDetector(models["card_detector"], threads=threads),
        TfliteCardClassifier(models["card_classifier"], threads=threads),
        TfliteTextDetector(models["text_detector"], threads=threads),
        recogniser,
        suspect=suspect,
        barcodes=BarcodeReader(CodeSharpener(sharpener, threads=threads) if sharpener else None),
        still_scale=still_scale,
        now_ns=now_ns,
    )


def combine(readings: Sequence[Reading], *, today: date | None) -> Reading:
    """Join the readings of a burst of one side into one.

    A value is taken where the frames that read it outweigh those that read another by two to one;
    frames of the other side are left out.

    Raises:
        ValueError: No reading was given.
    """
    found = [reading for reading in readings if reading.found]
    if not found:
        return readings[0] if readings else _nothing()
    sides = [reading.side for reading in found]
    side = max(set(sides), key=sides.count)
    same = [reading for reading in found if reading.side is side]
    best = max(same, key=_worth)
    names = sorted({name for reading in same for name in reading.fields})
    ranked = {name: _ranked(name, same) for name in names}
    fields = {name: said[0][0] for name, said in ranked.items() if _is_settled(said)}
    rivals = {
        name: tuple(value for value, _ in said if value is not fields.get(name))
        for name, said in ranked.items()
        if len(said) > 1
    }
    zones = [reading.mrz for reading in same if reading.mrz is not None]
    zone = max(zones, key=zones.count) if zones else None
    codes = {(c.format, c.payload): c for reading in same for c in reading.barcodes}
    barcodes = tuple(codes[k] for k in sorted(codes))
    joined = replace(best, fields=fields, rivals=rivals, mrz=zone, barcodes=barcodes)
    kept = tuple(code for code in best.reasons if not code.startswith("read."))
    return replace(
        joined,
        checks=cross_checks(joined.values(), zone, today=today),
        reasons=tuple(sorted((*kept, *_missing(joined)))),
    )


def _nothing() -> Reading:
    raise ValueError("a burst has at least one reading")


def _ranked(name: str, readings: Sequence[Reading]) -> list[tuple[FieldReading, float]]:
    """Return each value with the weight of the frames that read it, the heaviest first."""
    weights: dict[object, float] = {}
    best: dict[object, FieldReading] = {}
    for reading in readings:
        value = reading.fields.get(name)
        if value is None:
            continue
        weights[value.value] = weights.get(value.value, 0.0) + value.confidence
        if value.value not in best or value.confidence > best[value.value].confidence:
            best[value.value] = value
    return [(best[value], weights[value]) for value in sorted(weights, key=lambda v: -weights[v])]


def _is_settled(ranked: Sequence[tuple[FieldReading, float]]) -> bool:
    return len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]


def _worth(reading: Reading) -> tuple[bool, bool, int, float]:
    """Return what makes a frame the one to keep: taken by the gate, whole, readable, sharp."""
    measured = reading.quality
    inside, focus = (measured.inside, measured.focus) if measured is not None else (False, 0.0)
    told = len(reading.fields) + (reading.mrz is not None) * 5
    return reading.accepted, inside, told, focus


def _missing(reading: Reading) -> tuple[str, ...]:
    """Return why a card that was found tells too little: each side has what it must give."""
    if reading.side is Side.FRONT:
        return () if "clave_elector" in reading.fields else ("read.no_clave_elector",)
    if reading.model in MODELS_WITH_MRZ or reading.mrz is not None:
        return () if reading.mrz is not None else ("read.no_mrz",)
    return () if "numero_ocr" in reading.fields else ("read.no_numero_ocr",)


def _lengthwise(quad: Quad) -> Quad:
    """Return the quad turned by a quarter when its long sides stand where the short ones belong."""
    points = quad.array()
    long = np.linalg.norm(points[1] - points[0]) + np.linalg.norm(points[2] - points[3])
    short = np.linalg.norm(points[2] - points[1]) + np.linalg.norm(points[3] - points[0])
    return quad if long >= short else Quad.of(np.roll(points, -1, axis=0))
