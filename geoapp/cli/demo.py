"""``geoapp demo``: an example district to look around in."""

import click


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(demo)


@click.group()
def demo() -> None:
    """Load an example district: units, people, points with a past."""
