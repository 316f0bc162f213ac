"""Keeps each sealed packet once and signs its receipt; it cannot open one."""
