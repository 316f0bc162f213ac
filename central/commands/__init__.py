"""The commands of `acopio-central`, one file a subject; they speak Spanish to the operator."""
