"""Side by side: the ways of one job take turns, so a machine that slows down slows all; medians are kept."""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Way = Callable[[], object]
NO_BUDGET = "—"


@dataclass(frozen=True)
class Line:
    """One printed row: what was measured, the two medians, their ratio, and the budget it must meet."""

    job: str
    ours: float
    other: float | None
    other_name: str
    budget: str
    met: bool
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        return None if not self.other else self.ours / self.other

    def cells(self) -> list[str]:
        other = "—" if self.other is None else f"{_short(self.other)} {self.unit}"
        return [
            self.job,
            f"{_short(self.ours)} {self.unit}".strip(),
            self.other_name or "—",
            other,
            self._comparison(),
            self.budget,
            self._verdict(),
        ]

    def _verdict(self) -> str:
        if self.budget == NO_BUDGET:
            return NO_BUDGET
        return "yes" if self.met else "**no**"

    def _comparison(self) -> str:
        if self.ratio is None:
            return "—"
        return f"{1 / self.ratio:.1f} times as fast" if self.ratio < 1 else f"{self.ratio:.2f} times the time"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def medians(ways: Mapping[str, Way], *, rounds: int, warmup: int = 1) -> dict[str, float]:
    """Median wall seconds of each way over `rounds`, taken in turn after `warmup` uncounted rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(warmup + rounds):
        for name, way in ways.items():
            gc.collect()
            start = time.perf_counter()
            way()
            if turn >= warmup:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def in_process(module: str, *args: str) -> tuple[float, int]:
    """`python -m module args` as a process of its own: (wall seconds it reports, peak memory in bytes).

    The module's `main` calls `report` as its last act. Raises CalledProcessError when it fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *args], check=True, capture_output=True, text=True, env=os.environ
    )
    said = json.loads(done.stdout.splitlines()[-1])
    return said["seconds"], said["peak"]


def report(seconds: float) -> None:
    """Say how long the job took and the peak memory of this process, for `in_process`."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": seconds, "peak": peak}))
