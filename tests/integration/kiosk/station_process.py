"""`acopio-station` with a scripted reader instead of networks; everything else is the product's."""

from __future__ import annotations

import sys

from device import bootstrap
from device.__main__ import main
from tests.kiosks import ScriptedReader

bootstrap.open_reader = lambda config: ScriptedReader()
sys.exit(main())
