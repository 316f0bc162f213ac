"""A stand-in for the vault in the invented world: the same drawn pictures for any record."""

import io

from PIL import Image, ImageDraw

from wire.record import Images, build_images


class InventedVault:
    """Gives a credential, a face and a signature that nobody has."""

    def open_for_hearing(self, link: bytes, *, actor: str) -> bytes:
        return build_images(IMAGES)

    def close(self) -> None:
        pass


def picture(width: int, height: int, colour: str, *, kind: str = "JPEG") -> bytes:
    """Draw a picture with a frame and a circle."""
    drawn = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(drawn)
    draw.rectangle((20, 20, width - 20, height - 20), outline="#335566", width=6)
    draw.ellipse((width * 0.1, height * 0.3, width * 0.35, height * 0.8), fill="#8899aa")
    for line in range(4):
        y = height * (0.3 + 0.12 * line)
        draw.line((width * 0.45, y, width * 0.85, y), fill="#222222", width=8)
    target = io.BytesIO()
    drawn.save(target, kind)
    return target.getvalue()


IMAGES = Images(
    front=picture(1016, 640, "#e8eef0"),
    back=picture(1016, 640, "#f0ece4"),
    face=picture(640, 800, "#d9e4ea"),
    signature=picture(400, 160, "#ffffff", kind="PNG"),
)
