"""A program of its own: a workbook on standard input, its cells as JSON on standard output.

The reader of workbooks is native code. A wrong number in a file can make it ask for more memory
than there is, and it ends its process then; so that process is this one, with bounds on memory and
time, and never the one that serves people. It imports nothing of ours and knows no secret.
"""

import io
import json
import resource
import sys
from datetime import datetime, time
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY_BYTES = 1024**3
CPU_S = 20
# More sheets than this are not looked at.
_MOST_SHEETS = 20


def main() -> int:
    """Read one workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = [
        {
            "name": sheet.name,
            "visible": sheet.visible is SheetVisibleEnum.Visible,
            "rows": [
                [_text(value) for value in row]
                for row in workbook.get_sheet_by_index(place).to_python(skip_empty_area=False)
            ],
        }
        for place, sheet in enumerate(workbook.sheets_metadata[:_MOST_SHEETS])
        if sheet.typ is SheetTypeEnum.WorkSheet
    ]
    sys.stdout.buffer.write(json.dumps(sheets).encode())
    return 0


def _text(value: Any) -> str:
    """Write a value as a person would have typed it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


if __name__ == "__main__":
    sys.exit(main())
