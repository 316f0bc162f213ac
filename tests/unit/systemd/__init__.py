"""Programs that units start."""
