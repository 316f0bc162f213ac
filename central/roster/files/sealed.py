"""A checked file as it lies in its row: packed and sealed, for the rows are people."""

from __future__ import annotations

import json
import zlib
from typing import Any

from central.roster.files.checking import CheckedFile, CheckedRow, Remark
from central.roster.files.columns import Column
from central.storage.sealing import Sealer

# The purpose of the `Sealer`; the context is the token of the batch.
PURPOSE = "auxiliares/file"


def seal_file(sealer: Sealer, token: str, file: CheckedFile) -> bytes:
    """Pack and seal a checked file under the token of its batch."""
    packed = {
        "columns": [None if column is None else column.value for column in file.columns],
        "titles": file.titles,
        "examples": file.examples,
        "sheet": file.sheet,
        "other_sheets": file.other_sheets,
        "ignored": file.ignored,
        "rows": [
            [
                row.number,
                row.cells,
                row.before,
                [_remark(one) for one in row.mistakes],
                [_remark(one) for one in row.warnings],
            ]
            for row in file.rows
        ],
    }
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    return sealer.seal(zlib.compress(text.encode()), token)


def open_file(sealer: Sealer, token: str, sealed: bytes) -> CheckedFile:
    """Open what `seal_file` made.

    Raises:
        SecretError: It was altered, or sealed with another secret.
    """
    packed: dict[str, Any] = json.loads(zlib.decompress(sealer.open(sealed, token)))
    return CheckedFile(
        columns=tuple(None if name is None else Column(name) for name in packed["columns"]),
        titles=tuple(packed["titles"]),
        examples=packed["examples"],
        sheet=packed["sheet"],
        other_sheets=tuple(packed["other_sheets"]),
        ignored=tuple(packed["ignored"]),
        rows=tuple(
            CheckedRow(
                number=number,
                cells=tuple(cells),
                before={int(place): text for place, text in before.items()},
                mistakes=tuple(Remark(*one) for one in mistakes),
                warnings=tuple(Remark(*one) for one in warnings),
            )
            for number, cells, before, mistakes, warnings in packed["rows"]
        ),
    )


def _remark(one: Remark) -> list[str | int | None]:
    return [one.field, one.code, one.other_row]
