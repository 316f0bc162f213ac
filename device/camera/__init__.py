"""Cameras of the station: one protocol, one file per technology, one supervised service."""
