"""Copy the pinned browser assets from frontend/node_modules into static/vendor.

A fixed list of single files, not whole packages; source map lines are taken out, because the
maps are not copied and the manifest storage would miss them.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

_MONO = "@fontsource/jetbrains-mono/files/jetbrains-mono-latin"
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "idiomorph.min.js": "idiomorph/dist/idiomorph.min.js",
    "uplot.min.css": "uplot/dist/uPlot.min.css",
    "uplot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "jetbrains-mono.woff2": f"{_MONO}-400-normal.woff2",
    "jetbrains-mono-600.woff2": f"{_MONO}-600-normal.woff2",
    "LICENSE-uplot.txt": "uplot/LICENSE",
    "LICENSE-idiomorph.txt": "idiomorph/LICENSE",
    "LICENSE-inter.txt": "@fontsource-variable/inter/LICENSE",
    "LICENSE-jetbrains-mono.txt": "@fontsource/jetbrains-mono/LICENSE",
}
_SOURCE_MAP = re.compile(rb"\s*(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*)\s*")


class Command(BaseCommand):
    help = "Copy the pinned browser assets into static/vendor."

    def handle(self, **_: Any) -> None:
        source = settings.BASE_DIR / "frontend" / "node_modules"
        target = settings.BASE_DIR / "static" / "vendor"
        missing = [path for path in FILES.values() if not (source / path).is_file()]
        if missing:
            raise CommandError(
                f"Not found in {source}: {', '.join(missing)}. Run npm ci in frontend/ first."
            )
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name, path in FILES.items():
            _copy(source / path, target / name)
        self.stdout.write(f"{len(FILES)} files in {target}")


def _copy(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if target.suffix in (".css", ".js"):
        content = _SOURCE_MAP.sub(b"\n", content)
    target.write_bytes(content)
