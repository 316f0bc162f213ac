"""What is put into the emulated station beside the product; none of it ever ships."""
