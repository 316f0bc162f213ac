"""`python -m central.manuals`: writes the PDF of each manual."""

from central.manuals.printing import print_manual
from central.manuals.source import manuals


def main() -> int:
    """Write the PDFs; give the exit status."""
    for manual in manuals():
        manual.pdf.parent.mkdir(exist_ok=True)
        manual.pdf.write_bytes(print_manual(manual))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
