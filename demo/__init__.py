"""The whole of Acopio on one machine, with a replayed camera and an invented register."""
