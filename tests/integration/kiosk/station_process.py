"""`acopio-station` with a scripted reader instead of networks; everything else is the product's."""

from __future__ import annotations

import sys

from device import bootstrap
from device.__main__ import main
from tests.kiosks import ScriptedReader

bootstrap.open_reader = lambda config, camera=None, choice=None: ScriptedReader()
# The list of models in these tests names no networks for faces: the auxiliar alone looks.
bootstrap.open_finder = lambda config: None  # type: ignore[assignment,return-value]  # no finder
sys.exit(main())
