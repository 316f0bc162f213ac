"""Errors of provisioning.

ProvisionError
├── BoardError      a board or a role that nobody described
├── TreeError       the tree to be provisioned is not what a step needs
├── RefusedError    a step will not do it: it would destroy something, or nobody asked for it
├── CommandError    a program of the system failed
└── SourceError     what is to be installed is missing or is not what its list says

The texts are for the technician, in Spanish; `code` is stable.
"""

from __future__ import annotations


class ProvisionError(Exception):
    """Provisioning cannot go on; nothing is left half written."""

    code = "provision"


class BoardError(ProvisionError):
    """The board or the role is unknown."""

    code = "provision.board"


class TreeError(ProvisionError):
    """The tree lacks what a step needs."""

    code = "provision.tree"


class RefusedError(ProvisionError):
    """A step refuses on purpose; the text says what to do instead."""

    code = "provision.refused"


class CommandError(ProvisionError):
    """A program of the system failed; the text ends with what it said."""

    code = "provision.command"


class SourceError(ProvisionError):
    """A file to be installed is missing, or differs from its list."""

    code = "provision.source"
