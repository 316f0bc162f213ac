"""The code sharpener: draws a blurred barcode crisp, so that an ordinary decoder can read it."""
