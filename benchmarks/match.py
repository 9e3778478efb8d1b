"""How long `gatemate match` takes as a whole process, and its peak memory, at four sizes.

Each size is matched as often as `RUNS` says; the median is printed, and its
ratio to the smallest size. Peak memory is that of the largest process.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

SIZES = ((2_000, 1_000), (2_000, 2_000), (10_000, 10_000), (20_000, 20_000))
RUNS = 3
GATEMATE = Path(sys.executable).with_name("gatemate")


def seconds_of(*words: str) -> float:
    """Return how long the gatemate command takes with these words."""
    started = perf_counter()
    subprocess.run([GATEMATE, *words], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


def matched(folder: Path, leavers: int, mentors: int) -> float:
    """Return the median seconds of a match of made-up people."""
    sizes = ("--leavers", str(leavers), "--mentors", str(mentors))
    seconds_of("example", *sizes, "--out", str(folder), "--today", "2026-11-23")
    files = [f"--{name}={folder / name}.csv" for name in ("leavers", "mentors")]
    outputs = [f"--out={folder / 'pairs.csv'}", f"--why={folder / 'why.csv'}"]
    words = ("match", *files, *outputs, "--today", "2026-11-23")
    return median(seconds_of(*words) for _ in range(RUNS))


def main() -> None:
    """Print a line for each size."""
    first = 0.0
    print("leavers x mentors   seconds   ratio   peak memory so far")
    for leavers, mentors in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            seconds = matched(Path(folder), leavers, mentors)
        first = first or seconds
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = f"{leavers:,} x {mentors:,}"
        print(f"{size:18} {seconds:8.1f} {seconds / first:7.1f} {peak:10.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
