"""Files of auxiliares: read as people save them, checked row by row, imported or undone whole."""
