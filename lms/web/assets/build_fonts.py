"""Make the heading subsets for the browser and the whole faces for the certificate.

Run ``python -m lms.web.assets.build_fonts SOURCE_DIR``, where SOURCE_DIR is a ``node_modules``
folder that holds these packages (only the build needs them, the product ships the results):

    npm install @fontsource-variable/commissioner@5 \
        @fontsource-variable/noto-sans-georgian@5 @fontsource-variable/noto-sans-armenian@5

The browser gets one heading instance cut by script, without hinting. A PDF gets whole scripts
merged into one file, because a PDF writer ignores ``unicode-range``.
"""

import logging
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEB_FONTS = Path(__file__).parents[1] / "static" / "fonts"
PRINT_FONTS = Path(__file__).parents[2] / "certificates" / "fonts"
WEB_CEILING = 14 * 1024

HEAD = {"wght": 680, "FLAR": 100, "VOLM": 50, "slnt": 0}
TEXT = {"wght": 420, "FLAR": 0, "VOLM": 0, "slnt": 0}
BOLD = {"wght": 640, "FLAR": 0, "VOLM": 0, "slnt": 0}

PRINT_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]

Range = tuple[int, int]

# What app.css names in unicode-range; the rarer letters are the ones that the languages of the
# region really use (Polish, Baltic, Romanian, Turkic, Azerbaijani; Kazakh, Kyrgyz, Tajik, Tatar).
SCRIPTS: dict[str, list[Range]] = {
    "latin": [
        (0x20, 0x7E),
        (0xA0, 0xA1),
        (0xA7, 0xA7),
        (0xA9, 0xA9),
        (0xAB, 0xAB),
        (0xB0, 0xB0),
        (0xB7, 0xB7),
        (0xBB, 0xBB),
        (0xBD, 0xBD),
        (0xBF, 0xD6),
        (0xD8, 0xF6),
        (0xF8, 0xFF),
        (0x131, 0x131),
        (0x2013, 0x2014),
        (0x2018, 0x201A),
        (0x201C, 0x201E),
        (0x2026, 0x2026),
        (0x20AC, 0x20AC),
    ],
    "latin-ext": [
        (0x100, 0x130),
        (0x132, 0x151),
        (0x154, 0x17E),
        (0x18F, 0x18F),
        (0x1E6, 0x1E7),
        (0x218, 0x21B),
        (0x259, 0x259),
        (0x1E9E, 0x1E9E),
    ],
    "cyrillic": [(0x400, 0x45F), (0x490, 0x491), (0x4B0, 0x4B1), (0x2116, 0x2116)],
    "cyrillic-ext": [
        (0x492, 0x493),
        (0x496, 0x49B),
        (0x4A2, 0x4A3),
        (0x4AE, 0x4AF),
        (0x4B2, 0x4B3),
        (0x4B6, 0x4BB),
        (0x4D8, 0x4D9),
        (0x4E2, 0x4E3),
        (0x4E8, 0x4E9),
        (0x4EE, 0x4EF),
    ],
}
GEORGIAN: list[Range] = [(0x10D0, 0x10FF), (0x1C90, 0x1CBF)]
ARMENIAN: list[Range] = [(0x531, 0x58F)]


def points(ranges: list[Range]) -> set[int]:
    """Return every code point of the ranges, ends included."""
    return {point for first, last in ranges for point in range(first, last + 1)}


def instance(source: Path, axes: Mapping[str, float]) -> TTFont:
    """Return the static font of a variable one at the given place of its axes."""
    return instantiateVariableFont(TTFont(source), dict(axes))


def cut(font: TTFont, wanted: set[int], features: list[str], flavor: str | None = None) -> TTFont:
    """Keep only the wanted code points and layout features; drop hinting."""
    options = Options()
    options.hinting = False
    options.flavor = flavor
    options.layout_features = features
    options.drop_tables += ["STAT", "gasp", "MVAR"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(wanted))
    subsetter.subset(font)
    font.flavor = flavor
    return font


def rename(font: TTFont, family: str, style: str, weight: int) -> None:
    """Give the face a name of its own, so that no installed font is taken for it."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 13, 14)]
    postscript = f"{family}-{style}".replace(" ", "")
    for name_id, text in (
        (1, family),
        (2, style),
        (4, f"{family} {style}"),
        (6, postscript),
    ):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    bold = style == "Bold"
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0


def save(font: TTFont, target: Path) -> None:
    """Write the font with a fixed date, so that a rebuild gives the same bytes."""
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(target)
    print(f"{target.stat().st_size:7d}  {target.name}")


def build_web(commissioner: Path) -> None:
    """Write one woff2 of the heading instance for each script."""
    for script, ranges in SCRIPTS.items():
        source = commissioner / "files" / f"commissioner-{script}-full-normal.woff2"
        font = cut(instance(source, HEAD), points(ranges), ["kern"], "woff2")
        target = WEB_FONTS / f"head-{script}.woff2"
        save(font, target)
        if target.stat().st_size > WEB_CEILING:
            raise SystemExit(f"{target.name} is over {WEB_CEILING} bytes")


def merged(commissioner: Path, axes: Mapping[str, float]) -> TTFont:
    """Return one font with Latin and Cyrillic and their extensions, no letter twice."""
    taken: set[int] = set()
    with TemporaryDirectory() as folder:
        parts = []
        for script in SCRIPTS:
            source = commissioner / "files" / f"commissioner-{script}-full-normal.woff2"
            font = instance(source, axes)
            wanted = set(font.getBestCmap()) - taken
            taken |= wanted
            part = Path(folder) / f"{script}.ttf"
            cut(font, wanted, PRINT_FEATURES).save(part)
            parts.append(str(part))
        return Merger().merge(parts)


def build_print(commissioner: Path, georgian: Path, armenian: Path) -> None:
    """Write the whole faces for the PDF."""
    faces = (
        ("Head", HEAD, "Regular", 400),
        ("Text", TEXT, "Regular", 400),
        ("Text", BOLD, "Bold", 700),
    )
    for family, axes, style, weight in faces:
        font = merged(commissioner, axes)
        rename(font, f"Commissioner {family}", style, weight)
        name = "Bold" if style == "Bold" else family
        save(font, PRINT_FONTS / f"Commissioner-{name}.ttf")
    for package, script, ranges in (
        (georgian, "Georgian", GEORGIAN),
        (armenian, "Armenian", ARMENIAN),
    ):
        slug = script.lower()
        source = package / "files" / f"noto-sans-{slug}-{slug}-wght-normal.woff2"
        for style, weight in (("Regular", 400), ("Bold", 700)):
            font = cut(
                instance(source, {"wght": weight}),
                points(ranges) | {0x20},
                PRINT_FEATURES,
            )
            rename(font, f"Noto Sans {script}", style, weight)
            save(font, PRINT_FONTS / f"NotoSans{script}-{style}.ttf")


def main(modules: Path) -> None:
    """Build everything and lay the licences beside it."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    packages = modules / "@fontsource-variable"
    commissioner = packages / "commissioner"
    georgian, armenian = (
        packages / "noto-sans-georgian",
        packages / "noto-sans-armenian",
    )
    for folder in (WEB_FONTS, PRINT_FONTS):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(commissioner / "LICENSE", folder / "OFL-Commissioner.txt")
    shutil.copyfile(georgian / "LICENSE", PRINT_FONTS / "OFL-NotoSansGeorgian.txt")
    shutil.copyfile(armenian / "LICENSE", PRINT_FONTS / "OFL-NotoSansArmenian.txt")
    build_web(commissioner)
    build_print(commissioner, georgian, armenian)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
