"""Campaign: one round after the other in one world, and all that was found to be wrong."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks.crash import faults
from benchmarks.crash.hindrance import How, calls_seen, hinder
from benchmarks.crash.judgement import complaints
from benchmarks.crash.operations import OPERATIONS, TOLD, Operation, give_opinion, restored
from benchmarks.crash.process import Outcome, Report, forked
from benchmarks.crash.world import State, View, World, viewed

FAULTS = {
    "disk full": faults.full_disk,
    "I/O error, writing": faults.failing_writes,
    "I/O error, reading": faults.failing_reads,
    "short write": faults.short_writes,
    "read-only": faults.read_only,
    "clock set back": faults.clock_set_back,
}
DAMAGES = ("damaged database", "damaged snapshot", "damaged backup")
ADVICE = "python -m qa_service restore"


class Campaign:
    """Counts by operation and fault, how rounds ended, and complaints, of which there must be none."""

    def __init__(self, folder: Path, seed: int, is_small: bool, can_hinder: bool, is_verbose: bool) -> None:
        self.rng = Random(seed)  # noqa: S311
        self.world = World(folder, self.rng)
        self.state = State()
        self.kills: dict[str, Counter[str]] = {}
        self.faults: dict[str, Counter[str]] = {}
        self.ends: Counter[str] = Counter()
        self.complaints: list[str] = []
        self._can_hinder = can_hinder
        self._is_verbose = is_verbose
        needs_disk = set() if is_small else {"disk full"}
        needs_hindrance = {
            name for name in FAULTS if "I/O" in name or name in ("short write", "clock set back")
        }
        self._fault_names = [
            name for name in (*FAULTS, *DAMAGES)
            if name not in needs_disk and (can_hinder or name not in needs_hindrance)
        ]  # fmt: skip
        self._seconds: dict[str, float] = {}
        self._calls: dict[tuple[str, How], int] = {}

    def run(self, kills: int, number: int) -> None:
        """Each operation in peace, to see how much it does; then kills and faults by turns."""
        for how in (How.FAIL_WRITES, How.FAIL_READS):
            for make in OPERATIONS:
                self._in_peace(make(self.world, self.state), how)
        place = 0
        while (to_kill := kills - self._killed) + (to_hinder := number - self._hindered) > 0:
            make = OPERATIONS[place % len(OPERATIONS)]
            place += 1
            if self.rng.random() < 0.3:
                give_opinion(self.world)
                self.state = replace(self.state, opinions=self.state.opinions + 1)
            if self.rng.random() * (to_kill + to_hinder) < to_kill:
                self._kill(make(self.world, self.state))
            else:
                name = self._fault_names[self._hindered % len(self._fault_names)]
                self._fault(name, make(self.world, self.state))

    @property
    def _killed(self) -> int:
        """How many were killed before they were done."""
        return sum(counts["killed"] for counts in self.kills.values())

    @property
    def _hindered(self) -> int:
        return sum(map(Counter.total, self.faults.values()))

    def _in_peace(self, operation: Operation, how: How) -> None:
        def counted(report: Report) -> int:
            hinder(self.world.folder, how, first=10**9)
            operation.work(report)
            return calls_seen()

        outcome = forked(counted if self._can_hinder else operation.work, TOLD)
        self._seconds[operation.name] = outcome.seconds
        self._calls[operation.name, how] = max(1, outcome.result or 1)
        self._judge("in peace", operation, outcome)

    def _kill(self, operation: Operation) -> None:
        """At a random moment, or at a random one of the calls that change a file."""
        if self._can_hinder and self.rng.random() < 0.5:
            call = self.rng.randrange(1, self._calls[operation.name, How.FAIL_WRITES] + 1)
            how = f"at call {call}"

            def killed(report: Report) -> object:
                hinder(self.world.folder, How.KILL, call)
                return operation.work(report)

            outcome = forked(killed, TOLD)
        else:
            seconds = self.rng.uniform(0, self._seconds[operation.name] * 1.1)
            how = f"after {seconds:.4f} s"
            outcome = forked(operation.work, TOLD, seconds)
        self.kills.setdefault(operation.name, Counter())[
            "killed" if outcome.signal else "done before the kill"
        ] += 1
        self._judge(f"killed {how}", operation, outcome)

    def _fault(self, name: str, operation: Operation) -> None:
        if name in DAMAGES:
            self._damage(name, operation)
            return
        how = How.FAIL_READS if "reading" in name else How.FAIL_WRITES
        with FAULTS[name](self.world, operation, self._calls.get((operation.name, how), 1)) as work:
            outcome = forked(work, TOLD)
        self.faults.setdefault(name, Counter())[_end(outcome)] += 1
        self._judge(name, operation, outcome)

    def _damage(self, name: str, operation: Operation) -> None:
        """Damage a file, do the operation all the same, then what is said to be done."""
        if name == "damaged backup":
            file, _ = self.world.last_backup
            whole = file.read_bytes()
            what = faults.corrupt(file, self.rng)
            operation = restored(self.world, operation.before)
            outcome = forked(operation.work, TOLD)
            file.write_bytes(whole)
            self.faults.setdefault(name, Counter())[_end(outcome)] += 1
            self._judge(what, operation, outcome)
            return
        pattern = "articles.db" if "database" in name else "vectors-*.faiss"
        damaged = self.rng.choice(
            sorted(self.world.index.glob(pattern)) or [self.world.index / "articles.db"]
        )
        what = faults.corrupt(damaged, self.rng)
        outcome = forked(operation.work, TOLD)
        view = self._viewed(what, operation)
        counts = self.faults.setdefault(name, Counter())
        if outcome.broke:
            self._complain(what, operation, f"it broke: {outcome.broke}")
        if not view.told and not view.problems:
            counts["harmless"] += 1
            self._judge(what, operation, outcome, view, kept=False)
            return
        counts["told"] += 1
        if not view.told and all(problem.startswith("vectors-") for problem in view.problems):
            for path in self.world.index.glob("vectors-*"):
                path.unlink()
            self._judge(f"{what}, snapshots deleted", operation, outcome)
            return
        if view.told and ADVICE not in view.told:
            self._complain(what, operation, f"nothing is said to do: {view.told}")
        bring_back = restored(self.world, operation.before)
        self._judge(f"{what}, then restored", bring_back, forked(bring_back.work, TOLD), kept=False)

    def _judge(
        self, how: str, operation: Operation, outcome: Outcome, view: View | None = None, kept: bool = True
    ) -> None:
        view = view or self._viewed(how, operation)
        for complaint in complaints(operation, outcome, view):
            if kept or "not kept" not in complaint:
                self._complain(how, operation, complaint)
        self.ends[_end(outcome)] += 1
        if self._is_verbose:
            print(f"{operation.name}, {how}: {_end(outcome)} {outcome.told or ''}")
        if not view.told:
            self.state = view.state
        made = operation.writes
        if made and not view.problems and view.backups.get(made.name) == view.state.articles:
            for path in self.world.backups.iterdir():
                if path != made:
                    path.unlink() if path.is_file() else shutil.rmtree(path)
            self.world.backup = (made, view.state)
        for path in self.world.data.glob("*-before-*"):
            path.unlink() if path.is_file() else shutil.rmtree(path)

    def _viewed(self, how: str, operation: Operation) -> View:
        outcome = forked(lambda _: viewed(self.world), ())
        if isinstance(outcome.result, View):
            return outcome.result
        self._complain(how, operation, f"looking at it broke: {outcome.broke}")
        return View(told="it broke")

    def _complain(self, how: str, operation: Operation, complaint: str) -> None:
        self.complaints.append(f"{operation.name}, {how}: {complaint}")
        if self._is_verbose:
            print(f"!! {self.complaints[-1]}")


def _end(outcome: Outcome) -> str:
    if outcome.broke:
        return "broke"
    if outcome.signal:
        return "killed"
    return "told" if outcome.told else "done"
