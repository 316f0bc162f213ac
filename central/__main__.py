"""`python -m central`: the same as `acopio-central`."""

import sys

from central.cli import main

if __name__ == "__main__":
    sys.exit(main())
