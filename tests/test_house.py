"""The house: what is imported, what is shipped, what no file may contain."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import etiograph

HEAVY = (
    "pgmpy",
    "pandas",
    "streamlit",
    "numba",
    "scipy",
    "pydantic",
    "tomlkit",
    "networkx",
    "pyarrow",
)


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python elsewhere, with nothing of this process's path."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**keep, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def tracked(root: Path) -> list[Path]:
    """Every file of the project that git knows."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    return [root / name for name in names.split("\0") if name and (root / name).is_file()]


def sources(root: Path) -> list[Path]:
    return [*root.glob("model/**/*.py"), *root.glob("app/**/*.py")]


def test_import_pulls_no_heavy_library(tmp_path: Path) -> None:
    done = run("-c", "import sys, etiograph; print(*sys.modules)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not {name.partition(".")[0] for name in done.stdout.split()} & set(HEAVY)


def test_network_and_case_pull_no_heavy_library(tmp_path: Path) -> None:
    code = "import sys, etiograph as eg; eg.Network; eg.Case; eg.unknown; print(*sys.modules)"
    done = run("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    heavy = {"pgmpy", "pandas", "streamlit", "numba", "scipy", "pydantic"}
    assert not {name.partition(".")[0] for name in done.stdout.split()} & heavy


def test_model_is_no_package(tmp_path: Path) -> None:
    done = run("-c", "import model", cwd=tmp_path)
    assert done.returncode != 0
    assert "No module named 'model'" in done.stderr


def test_public_names_are_there() -> None:
    for name in etiograph.__all__:
        assert getattr(etiograph, name) is not None
    assert set(etiograph.__all__) <= set(dir(etiograph))


def test_unknown_public_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = etiograph.nonsense


def test_nothing_runs_data(root: Path) -> None:
    """No pickle, eval, exec, yaml.load or shell in what we ship."""
    banned_modules = {
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib",
        "marshal",
        "shelve",
        "yaml",
    }
    banned_calls = {"eval", "exec", "compile", "__import__"}
    found = []
    for path in sources(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name.partition(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(node.module or "").partition(".")[0]]
            bad = bool(set(names) & banned_modules)
            if isinstance(node, ast.Call):
                bad |= isinstance(node.func, ast.Name) and node.func.id in banned_calls
                bad |= any(
                    k.arg in ("shell", "allow_pickle")
                    and not (isinstance(k.value, ast.Constant) and k.value.value is False)
                    for k in node.keywords
                )
                bad |= isinstance(node.func, ast.Attribute) and node.func.attr in (
                    "system",
                    "popen",
                )
            if bad:
                found.append(f"{path.relative_to(root)}:{node.lineno}")
    assert found == []


def test_streamlit_stays_in_the_app(root: Path) -> None:
    importing = re.compile(r"^\s*(?:import|from)\s+streamlit\b", re.MULTILINE)
    found = [
        p for p in root.glob("model/**/*.py") if importing.search(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_tables_leave_by_one_door(root: Path) -> None:
    """`csv_of` makes plain text of cells that a spreadsheet would run as formulas."""
    door = root / "model" / "etiograph" / "figures" / "files.py"
    files = [*root.glob("app/**/*.py"), *root.glob("model/**/commands/*.py"), door]
    assert [f for f in files if ".to_csv(" in f.read_text(encoding="utf-8")] == [door]


def test_no_registry_and_no_machine_path(root: Path) -> None:
    """Tracked text names no package index and no folder of one machine."""
    registry = "|".join(("index" + "-url", "pypi" + r"\.org", "pythonhosted" + r"\.org"))
    machine = r"(?:^|[\s\"'`=(])/(?:" + "|".join(("work", "home", "root")) + ")/"
    wrong = re.compile(f"{registry}|{machine}", re.MULTILINE)
    found = []
    for path in tracked(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(root)}: {hit[0].strip()}" for hit in wrong.finditer(text)]
    assert found == []


def test_constraints_are_plain_pins(root: Path) -> None:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)] == []
    assert not any(pin.startswith("etiograph") for pin in pins)


def test_citation_has_the_version(root: Path) -> None:
    assert f"version: {etiograph.__version__}\n" in (root / "CITATION.cff").read_text(
        encoding="utf-8"
    )


def test_ci_script_is_executable(root: Path) -> None:
    assert os.access(root / ".ci" / "run", os.X_OK)


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the clone without touching the network."""
    out = tmp_path_factory.mktemp("wheel")
    done = run("-m", "hatchling", "build", "-t", "wheel", "-d", str(out), cwd=root)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_wheel_holds_the_package_the_explorer_and_the_networks(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "etiograph/__init__.py" in names
    assert "etiograph/py.typed" in names
    assert "etiograph/_app/streamlit_app.py" in names
    assert "etiograph/_app/.streamlit/config.toml" in names
    assert "etiograph/_data/leg_cramps/model.toml" in names
    assert "etiograph/_data/leg_cramps_small/model.toml" in names


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"etiograph", f"etiograph-{etiograph.__version__}.dist-info"}
    code = [
        n
        for n in names
        if n.startswith("etiograph/") and not n.startswith(("etiograph/_app/", "etiograph/_data/"))
    ]
    assert [n for n in code if not n.endswith((".py", "py.typed"))] == []
    odd = re.compile(
        r"__pycache__|\.pyc$|\.ipynb$|/tests?/|/\.(?!streamlit/)|\.(bak|tmp|orig|log)$"
    )
    assert [n for n in names if odd.search(n)] == []


def test_installed_wheel_loads_the_bundled_network(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment that sees our dependencies but not our clone."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    dependencies = str(Path(pytest.__file__).resolve().parents[1])
    code = (
        "import sys; sys.path.append(sys.argv[1])\n"
        "import etiograph as eg\n"
        "eg.load('leg_cramps_small')\n"
        "net = eg.load('leg_cramps')\n"
        "print(eg.__file__); print('leg_cramps' in net.variables)\n"
        "from etiograph.resources import app_folder; print(app_folder())\n"
    )
    done = subprocess.run(
        [str(tmp_path / "env" / "bin" / "python"), "-I", "-c", code, dependencies],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    home, has_target, app = done.stdout.split()
    assert Path(home).is_relative_to(site)
    assert has_target == "True"
    assert Path(app) == Path(home).parent / "_app"


def test_bundled_network_names() -> None:
    assert "leg_cramps" in etiograph.networks()


def test_misspelt_network_name() -> None:
    with pytest.raises(etiograph.UnknownName, match="did you mean 'leg_cramps'"):
        etiograph.load("leg_cramp")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(etiograph.UnreadableFile, match="no such file"):
        etiograph.load(tmp_path / "nothing.toml")


def test_no_two_modules_of_words_use_one_name(root: Path) -> None:
    """They are one namespace: the later one would silently stand for the earlier."""
    owner: dict[str, str] = {}
    for path in sorted((root / "app" / "explorer" / "texts").glob("*.py")):
        if path.stem == "__init__":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [node]
            names = [getattr(each, "id", getattr(each, "name", "")) for each in targets]
            for name in filter(None, names):
                if not name.startswith("_"):
                    assert owner.setdefault(name, path.stem) == path.stem, name
    assert len(owner) > 100


def test_contributing_tells_the_tree_as_it_is(root: Path) -> None:
    """Folders, the files named in them, layers and ``make`` targets."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = root / "model" / "etiograph"
    rows = [
        [re.findall(r"`([\w/]+)`", cell) for cell in line.strip("| ").split(" | ")]
        for line in text.partition("| folder of ")[2].splitlines()[2:]
        if line.startswith("| `")
    ]
    folders = [name for row in rows for name in row[0]]
    assert sorted(folders) == sorted(p.parent.name for p in package.glob("*/__init__.py"))
    for inside, *named in rows:
        for name in (each.rstrip("/") for each in named[-1]):
            places = [package, *(package / folder for folder in inside)]
            assert any((p / name).is_dir() or (p / f"{name}.py").is_file() for p in places), name
    with (root / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = [name.rpartition(".")[2] for name in contracts[0]["layers"]]
    assert f"app -> {' -> '.join(layers)}\n" in text
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for name in ("CONTRIBUTING.md", "README.md", "docs/index.md"):
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", (root / name).read_text("utf-8"), re.M):
            assert f"\n{target}:" in makefile, (name, target)


def test_links_of_a_page_lead_to_a_file(root: Path) -> None:
    """Of the pages that are read in the repository; those of the site are checked when it is built."""
    link = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
    dead = [
        f"{page.relative_to(root)}: {target}"
        for page in (*root.glob("*.md"), *root.glob("data/**/README.md"))
        for target in link.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


def module_level(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text(encoding="utf-8")).body


FACTS = {  # of the arithmetic, of the kernels, codes, and limits of what is begun at all
    "DEFAULT_LIMIT", "HOPELESS", "IMPOSSIBLE", "LANES", "LOWEST", "MAX_INPUTS", "MAX_SWEEPS",
    "MAX_WORK", "MAX_WORLDS", "N_RULES", "PLAIN", "SIMPLICIAL", "SILENT", "SOFT", "TINY", "TOO_LARGE",
}  # fmt: skip


def test_thresholds_of_the_engine_stand_in_one_place(root: Path) -> None:
    """What was set by measurement is in ``costs``, at most twenty; what follows from doubles in ``precision``."""
    found: dict[str, set[str]] = {}
    for path in root.glob("model/etiograph/engine/*.py"):
        for node in module_level(path):
            if not isinstance(node, ast.Assign):
                continue
            parts = list(ast.walk(node.value))
            if any(isinstance(n, ast.Call | ast.Dict) for n in parts):
                continue
            if any(isinstance(n, ast.Constant) and isinstance(n.value, int | float) for n in parts):
                names = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)]
                found.setdefault(path.stem, set()).update(names)
    costs, _ = found.pop("costs"), found.pop("precision")
    assert 0 < len(costs) <= 20
    assert {name for name in set().union(*found.values()) if name[0] != "_"} == FACTS


# One word in two fields: of an answer and of what was learned, of a text and of a table, of a finding and of a cohort.
SHARED = {"Block", "Measured", "Posterior", "Source", "Spread"}


def test_no_class_name_stands_for_two_things(root: Path) -> None:
    homes: dict[str, list[str]] = {}
    for path in root.glob("model/etiograph/**/*.py"):
        if path.parent.name == "programs":  # of other engines, each a process of its own
            continue
        for node in module_level(path):
            if isinstance(node, ast.ClassDef) and node.name[0] != "_":
                homes.setdefault(node.name, []).append(path.name)
    assert {name for name, where in homes.items() if len(where) > 1} <= SHARED
