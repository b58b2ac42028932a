"""The command ``geoapp``: every command answers in words or, with --json, in one object."""

from geoapp.cli.root import main

__all__ = ["main"]
