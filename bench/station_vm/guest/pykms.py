"""Stands in for libkms' bindings: picamera2 imports them for previews that nobody opens here."""


class PixelFormat:
    """Formats of a screen; the emulated station has none."""

    RGB888 = BGR888 = XRGB8888 = XBGR8888 = YUV420 = YVU420 = NV12 = YUYV = None
