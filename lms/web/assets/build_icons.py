"""Make the icon sprite from Lucide.

Run ``python -m lms.web.assets.build_icons SOURCE_DIR``, where SOURCE_DIR is a ``node_modules``
folder with ``npm install lucide-static`` in it. ``icons.txt`` names the icons in use; what is not
in the list is not sent to anybody's phone.
"""

import re
import shutil
import sys
from pathlib import Path

import brotli

NAMES = Path(__file__).with_name("icons.txt")
STATIC = Path(__file__).parents[1] / "static"
CEILING = 4 * 1024


def symbol(name: str, svg: str) -> str:
    """Return one icon as a symbol: the shapes alone, colour and stroke come from the page."""
    inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if inner is None:
        raise ValueError(f"{name} is not an SVG file")
    shapes = re.sub(r"\s+/>", "/>", re.sub(r">\s+<", "><", inner[1].strip()))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def main(modules: Path) -> None:
    """Write ``static/icons.svg`` and the licence beside it."""
    package = modules / "lucide-static"
    names = sorted(set(NAMES.read_text("utf-8").split()))
    symbols = [
        symbol(name, (package / "icons" / f"{name}.svg").read_text("utf-8")) for name in names
    ]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"
    (STATIC / "icons.svg").write_text(sprite, "utf-8")
    shutil.copyfile(package / "LICENSE", STATIC / "icons.LICENSE.txt")
    weight = len(brotli.compress(sprite.encode()))
    print(f"{len(names)} icons, {weight} bytes compressed")
    if weight > CEILING:
        raise SystemExit(f"over {CEILING} bytes: take icons out of {NAMES.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
