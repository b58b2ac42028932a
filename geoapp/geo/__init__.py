"""Datum, coordinates, geometry and numbers; pure."""
