"""The root of the command and what all commands share: settings, language, the open app."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from geoapp import __version__
from geoapp.app import open_state
from geoapp.cli.output import refuse
from geoapp.core.errors import DomainError
from geoapp.core.i18n import use_language
from geoapp.core.settings import Settings, read_settings
from geoapp.web.state import AppState

MODULES = ("run", "db", "users", "imports", "layers", "demo", "audit", "backup")


class Lazy(click.Group):
    """A group whose commands are imported only when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names."""
        for module in MODULES:
            self._load(module)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find *cmd_name*, importing the module of its name, else all of them."""
        names = (cmd_name,) if cmd_name in MODULES else MODULES
        for module in names:
            self._load(module)
        return super().get_command(ctx, cmd_name)

    def _load(self, module: str) -> None:
        loaded = __import__(f"geoapp.cli.{module}", fromlist=["register"])
        loaded.register(self)


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json and --data, read the settings, and turn refusals into exit code 1."""

    @click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
    @click.option("--data", type=click.Path(path_type=Path), help="Data folder of the app.")
    @functools.wraps(command)
    def wrapper(*args: Any, as_json: bool, data: Path | None, **kwargs: Any) -> Any:
        try:
            settings = read_settings(data=data.expanduser().absolute() if data else None)
        except DomainError as error:
            refuse(error, as_json=as_json)
        with use_language(settings.language):
            try:
                return command(*args, settings=settings, as_json=as_json, **kwargs)
            except DomainError as error:
                refuse(error, as_json=as_json)

    return wrapper


def dry_run_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --dry-run."""
    return click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")(command)


@contextmanager
def opened(settings: Settings) -> Iterator[AppState]:
    """Open database and photo store for one command; joins a running app or starts its own."""
    with open_state(settings) as state:
        yield state


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="geoapp")
def main() -> None:
    """Field inspection and point tracking for eco-environment inspection teams."""
