"""What a certificate costs: our process beside raw WeasyPrint on the same page, in turns, in one run.

`python bench/pdf.py [--pages 300] [--rounds 6] [--json build/bench-pdf.json]`

Raw WeasyPrint gets every advantage that is free (shared fonts and style, the same drawings), so the ratio
shows what record, template, fitting, code, pipe and checks add. Our CPU time is that of the PDF process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["FONTCONFIG_FILE"] = str(ROOT / "lms/certificates/pdf/fonts.conf")

from weasyprint import HTML  # noqa: E402

from lms.certificates import number  # noqa: E402
from lms.certificates.pdf.document import CertificateDocument  # noqa: E402
from lms.certificates.pdf.process import Printer  # noqa: E402
from lms.certificates.pdf.render import NoFetcher, Press  # noqa: E402
from lms.certificates.pdf.samples import ENGLISH, RUSSIAN  # noqa: E402

TARGETS = {"ratio": 1.1, "cpu_ms": 65, "memory_mib": 90}
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, print a table, write JSON if asked."""
    options = _options()
    each = max(1, options.pages // options.rounds)
    raw, ours, walls, memory = [], [], [], []
    press = Press()
    with Printer(pages_each_life=options.pages + 100) as printer:
        printer.print(ENGLISH)
        for start in range(0, each * options.rounds, each):
            batch = [_certificate(place) for place in range(start, start + each)]
            raw.append(_raw_round(press, batch))
            cpu, wall = _our_round(printer, batch)
            ours.append(cpu)
            walls.append(wall)
            memory.append(_memory_mib(printer.pid))
        sizes = [len(printer.print(sample)) for sample in (ENGLISH, RUSSIAN)]
    result = {
        "pages": each * options.rounds,
        "cpu_ms": _spread(ours),
        "raw_cpu_ms": _spread(raw),
        "ratio": round(statistics.median(a / b for a, b in zip(ours, raw, strict=True)), 3),
        "pages_a_second": round(1000 / statistics.median(walls), 1),
        "bytes_en_ru": sizes,
        "memory_mib_by_round": memory,
        "targets": TARGETS,
    }
    for name, value in result.items():
        print(f"{name:22}{value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _certificate(place: int) -> CertificateDocument:
    """Return a certificate that differs from the others in name, number and address, as real ones do."""
    one = number.new()
    address = f"https://alongside.example/c/{one}"
    sample = (ENGLISH, RUSSIAN)[place % 2]
    return replace(
        sample, name=f"{sample.name} {place}", number=number.shown(one), check_url=address
    )


def _raw_round(press: Press, batch: list[CertificateDocument]) -> float:
    """Return CPU milliseconds a page of WeasyPrint alone; what it is given was made before the clock starts."""
    pages = [press.lay_out(document) for document in batch]
    styles = [press.style(page.sizes) for page in pages]

    def print_all() -> None:
        for page, style in zip(pages, styles, strict=True):
            HTML(string=page.html, url_fetcher=NoFetcher()).write_pdf(
                stylesheets=[press.common_style, style],
                font_config=press.fonts,
                cache={**press.drawings, "asset:qr": page.qr},
                pdf_variant="pdf/a-3a",
            )

    return _cpu_ms(print_all, lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) / len(
        batch
    )


def _our_round(printer: Printer, batch: list[CertificateDocument]) -> tuple[float, float]:
    """Return CPU milliseconds of the PDF process and wall milliseconds, a page."""
    started = time.perf_counter()
    cpu = _cpu_ms(lambda: [printer.print(one) for one in batch], lambda: _cpu_seconds(printer.pid))
    return cpu / len(batch), (time.perf_counter() - started) * 1000 / len(batch)


def _cpu_ms(work: Callable[[], object], clock: Callable[[], float]) -> float:
    before = clock()
    work()
    return (clock() - before) * 1000


def _cpu_seconds(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _memory_mib(pid: int | None) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("Rss")) / 1024, 1)


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 1),
        "median": round(statistics.median(values), 1),
        "max": round(max(values), 1),
    }


if __name__ == "__main__":
    main()
