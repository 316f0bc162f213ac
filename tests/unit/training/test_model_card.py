"""The table, the card and the metrics of a model are written together."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from training.model_card import Card, TrainingRun, register_model, render_metrics

RUN = TrainingRun(7, "python -m training.something --seed 7", date(2026, 11, 23), 30.04, 12_345)
CARD = Card(
    title="Something",
    purpose="Tells one thing from another.",
    data="Invented.",
    metrics={"exact": 0.987, "by kind": {"mrz": {"exact": 0.9, "cer": 0.01}, "curp": {"exact": 1}}},
    limits=("Never seen a real card.",),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    models.mkdir()
    (models / "a.tflite").write_bytes(b"float")
    (models / "a.int8.tflite").write_bytes(b"int8")
    return tmp_path


def register(folder: Path, name: str = "a", **changes: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "input_shape": (1, 32, 384, 1),
        "outputs": {"logits": (1, 96, 56)},
        "run": RUN,
        "card": CARD,
        "thresholds": {"temperature": 1.2},
        "alphabet": "ABÑ<' \"",
    } | changes
    register_model(
        name,
        folder / "models" / "a.tflite",
        folder / "models" / "a.int8.tflite",
        models_toml=folder / "models.toml",
        card_folder=folder / "docs",
        **settings,
    )
    return tomllib.loads((folder / "models.toml").read_text("utf-8"))


class TestRegisterModel:
    def test_writes_what_a_station_needs_to_load_both_variants(self, folder: Path) -> None:
        table = register(folder)["a"]
        assert table["file"] == "models/a.tflite"
        assert table["sha256"] == hashlib.sha256(b"float").hexdigest()
        assert table["int8"]["file"] == "models/a.int8.tflite"
        assert table["int8"]["sha256"] == hashlib.sha256(b"int8").hexdigest()
        assert table["input"] == [1, 32, 384, 1]
        assert table["outputs"] == {"logits": [1, 96, 56]}
        assert table["thresholds"] == {"temperature": 1.2}

    def test_keeps_every_character_of_the_alphabet_in_order(self, folder: Path) -> None:
        assert register(folder)["a"]["alphabet"] == "ABÑ<' \""

    def test_says_how_the_weights_came_to_be(self, folder: Path) -> None:
        run = register(folder)["a"]["training_run"]
        assert run == {
            "seed": 7,
            "command": RUN.command,
            "date": date(2026, 11, 23),
            "minutes": 30.0,
            "samples": 12_345,
        }

    def test_leaves_the_tables_of_other_models_and_comments_alone(self, folder: Path) -> None:
        register(folder, "other")
        path = folder / "models.toml"
        path.write_text(path.read_text("utf-8") + "\n# by hand\n[third]\nfile = 'x'\n", "utf-8")
        before = tomllib.loads(path.read_text("utf-8"))
        register(folder, "a")
        after = register(folder, "a", run=replace(RUN, seed=8))
        assert after["other"] == before["other"]
        assert after["third"] == {"file": "x"}
        assert after["a"]["training_run"]["seed"] == 8
        assert "# by hand" in path.read_text("utf-8")

    def test_names_the_classes_of_a_classifier(self, folder: Path) -> None:
        table = register(folder, classes={"side": ("front", "back")}, alphabet=None)["a"]
        assert table["classes"] == {"side": ["front", "back"]}
        assert "alphabet" not in table

    def test_writes_a_card_with_files_run_metrics_and_limits(self, folder: Path) -> None:
        register(folder)
        card = (folder / "docs" / "a.md").read_text("utf-8")
        assert card.startswith("# Something\n")
        assert hashlib.sha256(b"int8").hexdigest() in card
        assert "12,345 samples" in card
        assert "| mrz | 0.9 | 0.01 |" in card
        assert "- Never seen a real card." in card

    def test_writes_the_same_metrics_for_programs(self, folder: Path) -> None:
        register(folder)
        metrics = json.loads((folder / "models" / "a.metrics.json").read_text("utf-8"))
        assert metrics["metrics"] == CARD.metrics
        assert metrics["sha256"] == hashlib.sha256(b"float").hexdigest()

    def test_refuses_a_file_outside_the_folder_of_the_table(self, folder: Path) -> None:
        with pytest.raises(ValueError):
            register_model(
                "a",
                folder.parent / "elsewhere.tflite",
                None,
                input_shape=(1,),
                outputs={},
                run=RUN,
                card=CARD,
                models_toml=folder / "models.toml",
                card_folder=folder / "docs",
            )


class TestRenderMetrics:
    def test_leaves_a_cell_empty_where_a_row_has_no_such_figure(self) -> None:
        table = render_metrics({"kinds": {"x": {"a": 1}, "y": {"b": 0.25}}})
        assert "| x | 1 |  |" in table
        assert "| y |  | 0.25 |" in table
