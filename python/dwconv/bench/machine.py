"""The machine that a run was made on, and whether it had anything else to do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import dwconv
from dwconv.bench.results import Machine

#: Of the time of the pinned processors that others may have had before a run counts as disturbed.
_BUSY_SHARE = 0.05


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _field(text: str, name: str) -> str:
    """The value of the first line 'name : value'."""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _bytes(text: str) -> int:
    """'512K' or '8192 kB' in bytes."""
    units = {"k": 2**10, "m": 2**20, "g": 2**30}
    digits = "".join(filter(str.isdigit, text))
    unit = text[len(digits) :].strip().lower()[:1]
    return int(digits or 0) * units.get(unit, 1)


def _caches() -> dict[str, int]:
    found = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, level = _read(index / "type"), _read(index / "level")
        if kind != "Instruction" and level:
            found[f"L{level}" + ("d" if kind == "Data" else "")] = _bytes(_read(index / "size"))
    return found


def available_memory() -> int:
    """Bytes that a program can have without pushing others out."""
    return _bytes(_field(_read("/proc/meminfo"), "MemAvailable"))


def _busy_seconds(processors: tuple[int, ...]) -> float:
    """What all programs together have had of these processors since the system started."""
    ticks = 0
    for line in _read("/proc/stat").splitlines():
        name, *counts = line.split()
        if name.removeprefix("cpu").isdigit() and int(name[3:]) in processors:
            user, nice, system, _, _, irq, softirq, steal = map(int, counts[:8])
            ticks += user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    """What this process and its ended children have had of the processors."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Watch:
    """Looks at the machine before a run, and says at the end what it was and what disturbed it."""

    def __init__(self, processors: tuple[int, ...]) -> None:
        self._processors = processors
        self._load_before = os.getloadavg()[0]
        self._busy, self._own = _busy_seconds(processors), _own_seconds()
        self._start = os.times().elapsed

    def warnings(self) -> list[str]:
        """What else was running; to be asked when the workers have ended."""
        found = []
        if self._load_before > 0.3 * len(self._processors):
            found.append(f"the load was {self._load_before:.2f} before the run")
        elapsed = max(os.times().elapsed - self._start, 1e-9)
        busy = _busy_seconds(self._processors) - self._busy
        share = (busy - (_own_seconds() - self._own)) / (elapsed * len(self._processors))
        if share > _BUSY_SHARE:
            found.append(f"other programs had {share:.0%} of the processors during the run")
        return found

    def machine(self) -> Machine:
        """All that a report says of the machine."""
        cpuinfo = _read("/proc/cpuinfo")
        governor = _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
        return Machine(
            processor=_field(cpuinfo, "model name") or platform.processor() or platform.machine(),
            processors=len(self._processors),
            caches=_caches(),
            memory=_bytes(_field(_read("/proc/meminfo"), "MemTotal")),
            governor=governor or "unknown",
            system=f"{platform.system()} {platform.release()}",
            isa=str(dwconv.show_config("dict")["isa"]),
            load_before=self._load_before,
            load_after=os.getloadavg()[0],
            busy=self.warnings(),
        )
