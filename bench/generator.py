"""Scales the Nansha document to any number of indicators, with a realistic repetition of names and values.

Seeded: the same size gives the same bytes. Names come from Zipf(1.05) pools headed by the document's own, values
repeat the document's units and comparators with varied numbers; both punctuation dialects, markup in m², thousands
separators, lead-in words, names in place of values, ranges, alternatives, deadlines, cut-off cells and missing last
stops occur in shares stated below. Writes Parquet with ``row_id`` and ``packed``. Does not time anything.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl

GOLD = Path(__file__).parents[1] / "tests" / "gold" / "nansha_2024.json"
ROW_GROUP = 5_000
LEVELS = {
    "11": ("1", "产出指标", "数量指标"),
    "12": ("1", "产出指标", "质量指标"),
    "13": ("1", "产出指标", "时效指标"),
    "14": ("1", "产出指标", "成本指标"),
    "21": ("2", "效益指标", "经济效益"),
    "22": ("2", "效益指标", "社会效益"),
    "24": ("2", "效益指标", "可持续影响"),
    "31": ("3", "满意度指标", "服务对象满意度"),
}
_HEADS = (
    "培训 宣传 维修 采购 检测 巡查 评审 调研 普查 监测 补助 救助 "
    "推广 建设 改造 养护 整治 保洁 防疫 招商 慰问 体检 审计 出版 "
    "编制"
).split()
_OBJECTS = (
    "项目 活动 设备 道路 学校 社区 企业 农户 档案 系统 平台 人员 "
    "场所 河道 林地 课程 成果 报告 案件 样品 车辆 管网 标准 资金 "
    "方案"
).split()
_TAILS = "数量 次数 完成率 合格率 覆盖率 及时率 面积 人数 满意度 成本 影响力 规范性 及时性 达标率 利用率".split()
_QUALITY = (
    "有效提升 及时 不断提升 逐步提升 规范 达标 得到加强 得到提高 不断完善 良好 正常开展 长期 "
    "显著改善 效果明显 应保尽保 符合相关规定"
).split()
_UNITS = "次 场 份 家 人次 项 件 人 个 条 批次 平方米 公里 万元 元 户 台 套 亩 天 个工作日 场次 项次 辆 吨".split()


def _names(count: int, generator: np.random.Generator) -> dict[str, list[str]]:
    """A pool of names by level-2 code, the document's own first."""
    own: dict[str, list[str]] = {code: [] for code in LEVELS}
    for row in json.loads(GOLD.read_text(encoding="utf-8")):
        if row["indicator"] not in own[row["level2_code"]]:
            own[row["level2_code"]].append(row["indicator"])
    pools = {}
    for code, names in own.items():
        made = set(names)
        pool = list(names)
        while len(pool) < count // len(LEVELS):
            parts = [_HEADS[generator.integers(25)], _OBJECTS[generator.integers(25)], _HEADS[generator.integers(25)]]
            name = (
                "".join(parts[: 2 + generator.integers(2)])
                + _OBJECTS[generator.integers(25)]
                + _TAILS[generator.integers(15)]
            )
            name += (["（%）", "（份）", "、协调事项", "(个)"] + [""] * 28)[generator.integers(32)]
            if name not in made:
                made.add(name)
                pool.append(name)
        pools[code] = pool
    return pools


def _value(generator: np.random.Generator, name: str) -> str:
    draw = generator.random()
    number = int(generator.zipf(1.5)) % 1600 + 1
    unit = _UNITS[min(int(generator.zipf(1.4)) - 1, 24)]
    sign = ["≥", "≥", "≥", "", "≤", "="][generator.integers(6)]
    if draw < 0.30:
        return f"{sign or '≥'}{[80, 85, 90, 95, 98, 100, 99, 92][generator.integers(8)]}%"
    if draw < 0.42:
        return "100%"
    if draw < 0.64:
        return f"{sign}{number}{unit}"
    if draw < 0.70:
        return f"{sign}{number * 7:,}{unit}"
    if draw < 0.73:
        return f"≥{number}.{generator.integers(100):02d}万元"
    if draw < 0.745:
        return f"约{number}m <sup>2</sup>"
    if draw < 0.815:
        return f"{name}≥{number}{unit}"
    if draw < 0.83:
        return f"{number}-{number + 10}{unit}"
    if draw < 0.84:
        return f"≥{number}批次或{number * 3}人次"
    if draw < 0.86:
        return f"{generator.integers(1, 13)}月底前"
    if draw < 0.87:
        return f"不少于{number}{unit}"
    return _QUALITY[min(int(generator.zipf(1.5)) - 1, 15)]


def generate(count: int, seed: int = 20240101) -> pl.DataFrame:
    """``row_id`` UInt32, ``packed`` String with about ``count`` indicators in cells of 3 to 16."""
    generator = np.random.default_rng(seed)
    pools = _names(max(2_000, min(80_000, count // 12)), generator)
    codes = list(LEVELS)
    cells: list[str] = []
    made = 0
    while made < count:
        size = int(generator.integers(3, 17))
        colon, semicolon = ("：", "；") if generator.random() < 0.5 else (":", "; ")
        records = []
        for position in range(1, size + 1):
            code = codes[min(int(generator.integers(0, 12)), 7)]
            pool = pools[code]
            name = pool[min(int(len(pool) ** generator.random() ** 1.05) - 1, len(pool) - 1)]
            annual = _value(generator, name)
            cycle = (
                annual
                if generator.random() < 0.79
                else (name if generator.random() < 0.33 else _value(generator, name))
            )
            level1, level1_name, level2_name = LEVELS[code]
            records.append(
                f"{position}、{level1}-{level1_name}{semicolon}{code}-{level2_name}{semicolon}{name}{semicolon}"
                f"实施周期指标值{colon}{cycle}{semicolon}年度指标值{colon}{annual}。"
            )
        cell = "".join(records)
        draw = generator.random()
        if draw < 0.03:
            cell = cell[: -int(generator.integers(2, 14))]
        elif draw < 0.06:
            cell = cell[:-1]
        cells.append(cell)
        made += size
    return pl.DataFrame({"row_id": pl.Series(range(len(cells)), dtype=pl.UInt32), "packed": cells})


def main() -> None:
    """Writes ``<folder>/packed_<count>.parquet``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    generate(options.count).write_parquet(options.folder / f"packed_{options.count}.parquet", row_group_size=ROW_GROUP)


if __name__ == "__main__":
    main()
