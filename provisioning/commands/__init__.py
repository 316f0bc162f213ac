"""What `acopio-provision` can be told to do: one module per group of commands.

At its top a module imports the standard library and `provisioning` alone: the steps run with the
system's Python before any library is installed. What needs one is imported where it is used.
"""
