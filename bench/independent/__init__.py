"""A second renderer and a second camera, for measuring alone; shares nothing with `training`.

What a network learnt by heart from the first renderer is worth nothing here: cards are set by a
browser's layout engine, in typefaces of other families, and photographed by another camera.
"""
