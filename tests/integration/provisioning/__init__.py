"""Provisioning as a process of its own."""
