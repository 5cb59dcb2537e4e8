"""What is free, of the machine and of the container, with each version of cgroups."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qa_service.memory import available_memory

MACHINE = {"proc/meminfo": "MemTotal:       16000 kB\nMemAvailable:    8000 kB\n"}
OF_V2 = {"proc/self/cgroup": "0::/\n"}
OF_V1 = {"proc/self/cgroup": "5:cpu,cpuacct:/docker/1a2b\n4:memory:/docker/1a2b\n1:name=systemd:/\n"}
V1 = "sys/fs/cgroup/memory/memory"
UNIT = "sys/fs/cgroup/system.slice/qa-service.service/memory"

System = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def system(tmp_path: Path) -> System:
    """The root of a system that has these files."""

    def made(files: Mapping[str, str]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path

    return made


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 8_192_000),
        ({**OF_V2, "sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "10\n"}, 8_192_000),
        ({**OF_V2, "sys/fs/cgroup/memory.max": "1000\n", "sys/fs/cgroup/memory.current": "400\n"}, 600),
        (
            {
                "proc/self/cgroup": "0::/system.slice/qa-service.service\n",
                f"{UNIT}.max": "1000\n", f"{UNIT}.current": "700\n",
                f"{UNIT}.stat": "anon 600\ninactive_file 100\n",
            },
            400,
        ),
        ({**OF_V1, f"{V1}.limit_in_bytes": "1000\n", f"{V1}.usage_in_bytes": "300\n"}, 700),
        (
            {
                **OF_V1, f"{V1}.limit_in_bytes": "1000\n", f"{V1}.usage_in_bytes": "300\n",
                f"{V1}.stat": "inactive_file 1\ntotal_inactive_file 50\n",
            },
            750,
        ),
        (
            {**OF_V1, f"{V1}.limit_in_bytes": "9223372036854771712\n", f"{V1}.usage_in_bytes": "300\n"},
            8_192_000,
        ),
    ],
    ids=["machine", "v2-no-limit", "v2", "v2-unit", "v1", "v1-caches", "v1-no-limit"],
)  # fmt: skip
def test_no_more_is_free_than_the_container_has_left(
    system: System, files: Mapping[str, str], free: int
) -> None:
    assert available_memory(system({**MACHINE, **files})) == free


def test_a_system_that_does_not_say_is_not_guessed_at(system: System) -> None:
    assert available_memory(system({})) is None


def test_this_system_says_it() -> None:
    assert (available_memory() or 0) > 0
