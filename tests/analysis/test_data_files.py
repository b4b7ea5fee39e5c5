"""Which files of the project its code names as data: each form beside near misses."""

from __future__ import annotations

import textwrap

import pytest

from modelops_bundle.analysis.data_files import DataFiles
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.data_reads import FileReads
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree

FILES = (
    "README",
    "config.yaml",
    "data/contacts.csv",
    "data/my table.csv",
    "data/raw/a.csv",
    "data/raw/b.csv",
    "data/raw/notes.txt",
    "models/__init__.py",
    "models/local.csv",
    "models/tables/rates.csv",
    "paths.py",
)
MAIN = BundlePath("models/sir.py")


def reads_of(source: str, **modules: str) -> FileReads:
    """What `models/sir.py` names."""
    files: dict[str, str | bytes] = dict.fromkeys(FILES, "")
    files[MAIN] = textwrap.dedent(source)
    files.update({f"{name.replace('__', '/')}.py": text for name, text in modules.items()})
    linker = Linker(FactsStore(ModuleIndex(memory_tree(files), [ROOT])))
    return DataFiles(linker).of(MAIN) or FileReads()


def named(source: str, **modules: str) -> list[str]:
    """The files that it surely reads."""
    found = reads_of(source, **modules)
    return sorted({str(file) for read in found.reads if read.sure for file in read.named})


CONTACTS, RAW = ["data/contacts.csv"], ["data/raw/a.csv", "data/raw/b.csv"]
HERE = "from pathlib import Path\nHERE = Path(__file__).resolve().parent\n"


@pytest.mark.parametrize(
    "source",
    [
        "pd.read_csv('data/contacts.csv')",
        "pd.read_csv(filepath_or_buffer='./data/contacts.csv')",
        "def load(path='data/contacts.csv'): ...",
        "class Sir:\n    data = 'data/contacts.csv'",
        "FILES = {'contacts': 'data/contacts.csv'}",
        "FILES = {'data/contacts.csv': 1}",
        "open('data/' + 'contacts.csv')",
        "NAME = 'contacts'\nopen(f'data/{NAME}.csv')",
        "for name in ('contacts', 'gone'):\n    open(f'data/{name}.csv')",
        "open(Path('data') / 'contacts.csv')",
        "open(Path('data', 'contacts.csv'))",
        "open(Path.cwd() / 'data' / 'contacts.csv')",
        "open(Path('data/contacts').with_suffix('.csv'))",
        "open(Path('data/x.csv').with_name('contacts.csv'))",
        "import os\nopen(os.path.join('data', 'contacts.csv'))",
        "from os.path import join as j\nopen(j('data', 'contacts.csv'))",
        HERE + "open(HERE.parent / 'data' / 'contacts.csv')",
        HERE + "open(HERE / '../data/contacts.csv')",
        HERE + "open(HERE.parent.joinpath('data', 'contacts.csv'))",
        HERE + "DATA = HERE.parent / 'data'\nNAME = 'contacts.csv'\nopen(DATA / NAME)",
        HERE + "DATA = HERE.parent / 'data'\nopen(str(DATA) + '/contacts.csv')",
        HERE + "DATA = HERE.parent / 'data'\nopen(f'{DATA}/contacts.csv')",
        "from pathlib import Path\nopen(Path(__file__).parents[1] / 'data/contacts.csv')",
        "import os\nopen(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data',"
        " 'contacts.csv'))",
        "import os\nHERE = os.path.dirname(__file__)\nROOT = os.path.dirname(HERE)\n"
        "open(os.path.join(ROOT, 'data/contacts.csv'))",
        HERE + "class Sir:\n    folder = HERE.parent / 'data'\n"
        "    def run(self): return open(self.folder / 'contacts.csv')",
        HERE + "class Sir:\n    def __init__(self):\n        self.folder = HERE.parent / 'data'\n"
        "    def run(self): return open(self.folder / 'contacts.csv')",
        "import os\npath = os.environ.get('CONTACTS', 'data/contacts.csv')",
        "def run(base):\n    return open(base / 'data/contacts.csv')",
    ],
)
def test_ways_to_name_a_file(source: str) -> None:
    assert named(source) == CONTACTS


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("open('local.csv')", ["models/local.csv"]),
        ("open('config.yaml')", ["config.yaml"]),
        ("open('data/my table.csv')", ["data/my table.csv"]),
        (HERE + "(HERE / 'README')", []),
        (HERE + "(HERE.parent / 'README')", ["README"]),
    ],
)
def test_files_beside_the_module(source: str, files: list[str]) -> None:
    assert named(source) == files


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("Path('data/raw').glob('*.csv')", RAW),
        ("DATA = Path('data')\nsorted((DATA / 'raw').glob('?.csv'))", RAW),
        ("DATA = Path('data')\nDATA.rglob('[ab].csv')", RAW),
        ("Path('data').glob('**/a.csv')", RAW[:1]),
        ("import glob\nglob.glob('data/raw/*.csv')", RAW),
        ("from glob import iglob\niglob('data/*/b.csv')", RAW[1:]),
        ("import os\nos.listdir('data/raw')", [*RAW, "data/raw/notes.txt"]),
        ("import os\nfor name in os.listdir('data/raw'): ...", [*RAW, "data/raw/notes.txt"]),
        ("[p for p in Path('data/raw').iterdir()]", [*RAW, "data/raw/notes.txt"]),
        ("Path('data/raw').glob('*.parquet')", []),
        ("import os\nos.listdir('.')", []),
        ("import os\nos.listdir(os.path.dirname(__file__))", []),
        ("import glob\nglob.glob('models/*.py')", []),
    ],
)
def test_folders_that_are_listed_and_patterns(source: str, files: list[str]) -> None:
    assert named(source) == files


@pytest.mark.parametrize(
    "source",
    [
        "'''Reads data/contacts.csv.'''",
        "def f():\n    'data/contacts.csv'",
        "x = 1\n'data/contacts.csv'",
        "print('data/contacts.csv')",
        "log.info('data/contacts.csv')",
        "raise ValueError('data/contacts.csv')",
        "warnings.warn('reads data/contacts.csv')",
        "if name == 'data/contacts.csv': ...",
        "if name in ('data/contacts.csv', 'config.yaml'): ...",
        "d['config.yaml']",
        "d = {'config.yaml': 1}",
        "name.endswith('config.yaml')",
        "parser.add_argument('--file', help='config.yaml')",
        "x = 'data'",
        "x = 'data/'",
        "open('README')",
        "x = 'data/raw'",
        "x = 'https://example.org/data/contacts.csv'",
        "x = '/data/contacts.csv'",
        "x = '../../data/contacts.csv'",
        "x = f'{y}/data/contacts.csv'",
        "def run(base):\n    return open(base / 'config.yaml')",
        "open('config.yaml', 'w')",
        "open('config.yaml', mode='ab')",
        "frame.to_csv('data/contacts.csv')",
        "plt.savefig('data/contacts.csv')",
        "from pathlib import Path\nPath('data/contacts.csv').write_text('x')",
        "OUT = 'data/contacts.csv'\nframe.to_csv(OUT)",
        "from pathlib import Path\nOUT = Path('data') / 'contacts.csv'\nOUT.write_text('x')",
        "if __name__ == '__main__':\n    open('data/contacts.csv')",
        "import models.sir\nx = 'models/sir.py'.split('/')",
        "NAME = 'config.yaml'\nopen(Path('data') / NAME)",
        "x = 'contacts.csv'",
        "x = 'Data/Contacts.csv'",
        "x = 'data/contacts.csv.gz'",
        "x = 'data/contacts.csv' + suffix",
        "x = ('data/contacts.csv' + '.gz') + suffix",
        "open('.modelops-bundle/registry.yaml')",
    ],
)
def test_what_names_no_file_that_is_read(source: str) -> None:
    assert named(source) == []


def test_constants_of_other_modules_are_followed() -> None:
    paths = HERE + "ROOT = HERE\nDATA = ROOT / 'data'\nNAME: str = 'contacts.csv'\n"
    assert named("from paths import DATA\nopen(DATA / 'contacts.csv')", paths=paths) == CONTACTS
    assert named("import paths\nopen(paths.DATA / 'contacts.csv')", paths=paths) == CONTACTS
    assert named("import paths as p\nopen(p.DATA / f'{\"contacts\"}.csv')", paths=paths) == CONTACTS
    again = "from paths import DATA as WHERE"
    source = "from .again import WHERE\nWHERE.glob('*.csv')"
    assert named(source, paths=paths, models__again=again) == [*CONTACTS, "data/my table.csv"]


@pytest.mark.parametrize(
    "paths", ["", "from gone import DATA", "DATA = f()", "from models.sir import DATA", "def ("]
)
def test_a_constant_that_cannot_be_told_is_a_computed_path(paths: str) -> None:
    found = reads_of("from paths import DATA\nopen(DATA / 'contacts.csv')", paths=paths)
    assert found.reads == ()
    assert found.computed


TABLES = HERE + "DATA = HERE / 'data'\ndef table(name): return pd.read_csv(DATA / name)\n"
OWN = HERE + "TABLES = HERE / 'tables'\ndef table(name): return open(TABLES / name)\n"


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("from tables import table\nx = table('contacts.csv')", CONTACTS),
        ("import tables\nclass Sir:\n    files = {'c': 'contacts.csv'}", CONTACTS),
        ("import tables\ndef f(name='raw/a.csv'): return tables.table(name)", RAW[:1]),
        (OWN + "x = table('rates.csv')", ["models/tables/rates.csv"]),
        ("from tables import table\nx = table('gone.csv')", []),
        ("from tables import table\nlog.info('contacts.csv')", []),
        ("from tables import table\nframe.to_csv('contacts.csv')", []),
        ("from tables import table\nx = table('contacts')", []),
        # What stands beside the module, or at the root, is meant first.
        ("from tables import table\nx = table('local.csv')", ["models/local.csv"]),
        # Nothing is joined to a folder that is known there.
        ("import paths\nx = f('contacts.csv')", []),
    ],
)
def test_a_name_that_is_joined_to_a_folder_elsewhere(source: str, files: list[str]) -> None:
    plain = HERE + "DATA = HERE / 'data'\nX = open(DATA / 'my table.csv')\n"
    assert named(source, tables=TABLES, paths=plain) == files


@pytest.mark.parametrize(
    ("source", "computed"),
    [
        ("open('x.csv')", False),
        ("with open('x.csv') as f: json.load(f)", False),
        ("open(path)", True),
        ("path.open()", True),
        ("path.read_text()", True),
        ("Path('x.csv').read_text('utf-8')", False),
        ("pd.read_csv(path)", True),
        ("pd.read_csv(f'data/{name}.csv')", True),
        ("pd.read_csv(sep=',', filepath_or_buffer=path)", True),
        ("folder.glob('*.csv')", True),
        ("os.listdir(folder)", True),
        ("x = a / b", False),
        ("x = 'cases ' + name", False),
        ("x = f'{a}.'", False),
        ("x = f'{a}/{b}.csv'", True),
        ("x = f'{a} / {b}'", False),
        ("self.load('x.csv')", False),
    ],
)
def test_whether_paths_are_computed(source: str, computed: bool) -> None:
    assert reads_of(source).computed is computed


def test_a_place_is_told_with_its_line_and_what_it_belongs_to() -> None:
    found = reads_of(
        """
        import kit
        DATA = {"cases": "data/contacts.csv"}
        @kit.target(data=DATA)
        def one(): ...
        def helper(): return open("config.yaml")
        def two(): return helper()
        later = open("data/raw/a.csv")
        """
    )
    places = {read.path: (read.line, read.holder) for read in found.reads}
    assert places == {
        "data/contacts.csv": (3, "DATA"),
        "config.yaml": (6, "helper"),
        "data/raw/a.csv": (8, "later"),
    }
    by_holder = {read.holder: read for read in found.reads}
    assert found.speaks_for(by_holder["DATA"], "one", ())
    assert not found.speaks_for(by_holder["DATA"], "two", {"one"})
    assert found.speaks_for(by_holder["helper"], "two", {"one"})
    assert not found.speaks_for(by_holder["helper"], "one", {"two"})
    assert found.speaks_for(by_holder["later"], "one", {"two"})


def test_what_a_made_entry_is_made_with_is_its_own() -> None:
    found = reads_of(
        """
        NAME = "config.yaml"
        a_target = make("data/raw/a.csv")
        b_target = make("data/raw/b.csv")
        table = load(NAME)
        both = load("data/contacts.csv"), 1
        """
    )
    for own, other in (("a", "b"), ("b", "a")):
        speaking = {
            read.path.name
            for read in found.reads
            if found.speaks_for(read, f"{own}_target", {f"{other}_target"})
        }
        assert speaking == {"config.yaml", f"{own}.csv", "contacts.csv"}


def test_definitions_that_use_each_other_end() -> None:
    found = reads_of("def a(): open('config.yaml'); b()\ndef b(): a()\n")
    (read,) = found.reads
    assert not found.speaks_for(read, "", {"a", "b"})
    assert found.speaks_for(read, "b", {"x"})


def test_a_file_that_appears_is_seen() -> None:
    source = "open('data/new.csv')"
    files: dict[str, str | bytes] = {str(MAIN): source}
    tree = memory_tree(files)
    for project, expected in ((tree, 0), (tree.edited({"data/new.csv": ""}), 1)):
        found = DataFiles(Linker(FactsStore(ModuleIndex(project, [ROOT])))).of(MAIN)
        assert found is not None
        assert len(found.reads) == expected
