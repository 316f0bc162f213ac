"""From a box of parts to a working station: numbered steps, wheelhouse, images."""
