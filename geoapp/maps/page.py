"""Composes a map document: Folium places the layers, our modules fetch and draw the data.

The document holds no data and no text of users. It depends only on language, layers and mode, so it
is composed once a process; filters travel in the address of the document and are passed on by the
modules to the data addresses.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from geoapp.maps.elements import BaseMap

HOLE = f"nonce-{secrets.token_hex(8)}"
"""Stands in the composed text where the nonce of the response goes; unknown outside the process."""

AssetUrl = Callable[[str], str]


class MapPart(Protocol):
    """An element of maps/elements.py: knows its files and how to get on the map."""

    needs: ClassVar[tuple[str, ...]]

    def attach(self, base: "BaseMap") -> None:
        """Put the element on *base*."""


@dataclass(frozen=True)
class View:
    """Where the map opens before its points are there: WGS 84 degrees and a web-map zoom."""

    lon: float
    lat: float
    zoom: int = 10


@dataclass(frozen=True)
class MapPage:
    """A composed map document with a hole for the nonce."""

    html: str

    def render(self, nonce: str) -> str:
        """Return the document whose inline script and style carry *nonce*."""
        return self.html.replace(HOLE, nonce)


def compose_map(
    elements: Sequence[MapPart],
    *,
    view: View,
    title: str,
    lang: str,
    asset: AssetUrl,
) -> MapPage:
    """Return the document that shows *elements*, bottom first.

    Args:
        elements: see maps/elements.py; each names the modules and styles it needs.
        view: shown until the points are loaded, and when there are none.
        title: of the document, for screen readers.
        lang: BCP 47, such as ``zh-Hans-CN``.
        asset: turns the name of a file under geoapp/static into its address.
    """
    from geoapp.maps.elements import BaseMap, Document  # folium takes seconds to import

    document = Document(title=title, lang=lang, hole=HOLE, icon=asset("icon.svg"))
    base = BaseMap(view)
    document.add_child(base)
    for element in elements:
        element.attach(base)
    for name in base.files(elements, ".css"):
        document.styles.append(asset(name))
    for name in base.files(elements, ".js"):
        document.scripts.append(asset(name))
    return MapPage(document.render())


def warm_up() -> None:
    """Import Folium ahead of the first map request (call it from a background thread)."""
    import geoapp.maps.elements  # noqa: F401
