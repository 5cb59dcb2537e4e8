"""``pip install .`` gives a command that has all of its files, wherever it is run."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from urllib.request import urlopen

import pytest

from qa_service import __version__
from tests.conftest import SAMPLES

ROOT = SAMPLES.parent
COPIED = (
    "index",
    "qa_service",
    "pyproject.toml",
    "requirements.txt",
    "README.md",
    "LICENSE",
)


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, in an environment of its own that borrows the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    wheel = _wheel(folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    Path(purelib, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--force-reinstall",
        wheel,
    ]
    subprocess.run(install, check=True, capture_output=True)
    return python.parent / "qa-service"


def _wheel(folder: Path) -> Path:
    """Built from a copy, so that nothing is left in the repository."""
    source = folder / "source"
    source.mkdir()
    subprocess.run(["cp", "-r", *(ROOT / name for name in COPIED), source], check=True)
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*build, "--wheel-dir", folder, source], check=True, capture_output=True)
    (wheel,) = folder.glob("qa_service-*.whl")
    assert wheel.name.startswith(f"qa_service-{__version__}-")
    return wheel


def run(command: Path, folder: Path, *arguments: object) -> str:
    done = subprocess.run(
        [command, *map(str, arguments)], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_it_runs_from_its_own_files(command: Path, tmp_path: Path) -> None:
    assert __version__ in run(command, tmp_path, "--version")
    code = "import qa_service, index; print(qa_service.__file__, index.__file__)"
    places = run(command.parent / "python", tmp_path, "-c", code).split()
    assert all(place.startswith(str(command.parents[1])) for place in places)


def test_it_answers_and_serves_the_pages(command: Path, tmp_path: Path) -> None:
    run(command, tmp_path, "ingest", SAMPLES / "articles" / "kem-sokha-ambassadors.md")
    reply = json.loads(run(command, tmp_path, "ask", "who visited Sokha", "--json"))
    assert reply["answerable"]
    assert "✓ reader" in run(command, tmp_path, "doctor")
    serve: list[str | Path] = [command, "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        serve, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout
            address = json.loads(server.stdout.readline())["ready"]
            for path in ("/", "/library", "/sign-in", "/static/chat.js", "/static/articles/list.js"):
                with urlopen(address + path) as response:
                    assert response.status == 200
        finally:
            server.terminate()
    assert server.returncode == 0
