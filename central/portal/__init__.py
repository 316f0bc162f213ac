"""Pages for people. `register` adds them to the application that `central.app` builds."""

from central.portal.application import register

__all__ = ["register"]
