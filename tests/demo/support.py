from dataclasses import dataclass

from geoapp.core.blobs import BlobStore
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.demo.services import Loaded


@dataclass(frozen=True)
class Story:
    """A loaded example district, and what it was loaded with."""

    database: Database
    blobs: BlobStore
    settings: Settings
    loaded: Loaded
