"""The mesa de control: what people found in the images of a record."""
