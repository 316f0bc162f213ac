"""The manuals: Markdown with its pictures in this folder, read as pages and as PDF.

`es/<slug>.md` is the source; `pdf/<slug>.pdf` is made of it by `make manuals` and committed, so
that a portal needs no printer of its own.
"""
