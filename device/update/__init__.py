"""Takes signed releases: checks them, fills the slot that is not in use, tries it, keeps it."""
