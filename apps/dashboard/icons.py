"""Drawings of the icon package as inline SVG. Its archive is opened once, not once an icon."""

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

_SVG = "{http://www.w3.org/2000/svg}"
_DECORATION = {"class": "glyph", "aria-hidden": "true", "focusable": "false"}


@lru_cache(maxsize=512)
def draw(name: str, size: int) -> str:
    """The icon in ``size`` × ``size`` pixels, as text of HTML; KeyError where there is none."""
    drawing = ElementTree.fromstring(_archive().read(f"{name}.svg"))  # noqa: S314 - of a package
    for part in drawing.iter():
        part.tag = part.tag.removeprefix(_SVG)
    drawing.attrib.update(_DECORATION, width=str(size), height=str(size))
    return ElementTree.tostring(drawing, encoding="unicode")


@cache
def _archive() -> ZipFile:
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))
