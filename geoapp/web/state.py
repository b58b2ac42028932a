"""What every view reaches for: settings, database, photo store."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from geoapp.core.database import Database
from geoapp.core.settings import Settings

KEY = "geoapp"


@dataclass(frozen=True)
class AppState:
    """The parts that are made once a process and handed in by ``create_app``."""

    settings: Settings
    database: Database
    blobs: Any


def install(app: Flask, state: AppState) -> None:
    """Keep *state* in the app."""
    app.extensions[KEY] = state


def state() -> AppState:
    """Return the parts of the current app."""
    found: AppState = current_app.extensions[KEY]
    return found
