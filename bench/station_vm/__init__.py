"""A whole station in an emulator: built, booted, used, and cut from its power."""
