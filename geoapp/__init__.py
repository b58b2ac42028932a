"""Field inspection and point tracking for eco-environment inspection teams."""

__version__ = "0.1.0"
