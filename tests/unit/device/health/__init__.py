"""Tests of `device.health`."""
