"""Makes documents that no reader was tuned on: the Nansha content in other shapes, fonts, borders and page layouts.

``python -m bench.held_out_documents FOLDER --seed N --count N`` writes DOCX, XLSX, their PDFs (LibreOffice), PDFs of
another make (reportlab) and ``truth.json``; ``python -m bench.score_formats FOLDER`` then measures the readers on them.
A new seed makes documents never seen before. Needs LibreOffice with a Chinese font; results of self-evaluations are
invented.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path

from bench.held_out_content import flat, form, projects, tall
from bench.held_out_drawing import Style, docx, drawn_pdf, xlsx


def make(folder: Path, seed: int, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    truth: dict[str, dict[str, object]] = {"tables": {}, "docs": {}}
    everything = projects()
    to_convert: list[Path] = []
    for number in range(count):
        draw = random.Random(seed * 1000 + number)
        style = Style.drawn(draw)
        kind = ["flat", "tall", "form"][number % 3]
        chosen = draw.sample(everything, draw.randint(3, 8))
        maker = number // 3 % 3
        if kind == "flat" and maker:
            # A spreadsheet row ends at 409 points and is cut on paper; reportlab splits no row.
            chosen = [p for p in chosen if len(p.packed) < (700 if maker == 1 else 500)] or everything[2:4]
            style.size = min(style.size, 9)
        usable = [p for p in chosen if p.items and len(p.items) < 30] or everything[:3]
        titled = draw.random() < 0.5
        if kind == "flat":
            tables = [flat(chosen, draw)]
        elif kind == "tall":
            tables = [tall(usable, draw)]
        else:
            tables = [
                form(p, draw, f"项目支出绩效目标表（{n}）" if titled else "") for n, p in enumerate(usable, start=1)
            ]
        names = []
        for place, table in enumerate(tables):
            name = f"{kind}{number}-{place}"
            truth["tables"][name] = table.truth()
            names.append(name)
        stem = f"{kind}{number:02d}"
        title = "广州南沙经济技术开发区港澳合作事务办公室2024年项目支出绩效目标表"
        if maker == 0 or (maker == 2 and kind != "flat"):
            data, suffix = docx(tables, style, title), "docx"
        elif maker == 1:
            data, suffix = xlsx(tables, style, title), "xlsx"
        else:
            (folder / f"{stem}_drawn.pdf").write_bytes(drawn_pdf(tables, style, title))
            truth["docs"][f"{stem}_drawn.pdf"] = {"tables": names, "kind": "pdf"}
            continue
        path = folder / f"{stem}.{suffix}"
        path.write_bytes(data)
        truth["docs"][path.name] = {
            "tables": names,
            "kind": suffix,
            **({"r0": [0] * len(names)} if suffix == "xlsx" else {}),
        }
        truth["docs"][f"{stem}.pdf"] = {"tables": names, "kind": "pdf"}
        to_convert.append(path)
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, to_convert)]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=18)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.seed, arguments.count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
