"""Which distributions provide an import name, as far as names alone can tell."""

from __future__ import annotations

import re
from collections.abc import Set

#: Import names that their distribution's name does not give away; the usual one first.
_DISTRIBUTIONS: dict[str, tuple[str, ...]] = {
    name: tuple(distributions.split())
    for name, distributions in {
        "Bio": "biopython",
        "Crypto": "pycryptodome pycrypto",
        "Cryptodome": "pycryptodomex",
        "IPython": "ipython",
        "Levenshtein": "levenshtein python-levenshtein",
        "MySQLdb": "mysqlclient",
        "PIL": "pillow pillow-simd",
        "_cffi_backend": "cffi",
        "_pytest": "pytest",
        "airflow": "apache-airflow",
        "attr": "attrs",
        "bs4": "beautifulsoup4",
        "builtins": "future",
        "calabaria": "modelops-calabaria",
        "community": "python-louvain",
        "cv2": "opencv-python opencv-python-headless opencv-contrib-python "
        "opencv-contrib-python-headless",
        "discord": "discord-py",
        "dns": "dnspython",
        "ee": "earthengine-api",
        "faiss": "faiss-cpu faiss-gpu",
        "fitz": "pymupdf",
        "gi": "pygobject",
        "git": "gitpython",
        "kafka": "kafka-python",
        "mpl_toolkits": "matplotlib",
        "odf": "odfpy",
        "osgeo": "gdal",
        "past": "future",
        "pkg_resources": "setuptools",
        "py": "pytest",
        "pylab": "matplotlib",
        "pythoncom": "pywin32",
        "pywintypes": "pywin32",
        "pywt": "pywavelets",
        "pyximport": "cython",
        "rest_framework": "djangorestframework",
        "shapefile": "pyshp",
        "skbio": "scikit-bio",
        "skfda": "scikit-fda",
        "skimage": "scikit-image",
        "sklearn": "scikit-learn",
        "skopt": "scikit-optimize",
        "sksurv": "scikit-survival",
        "stan": "pystan",
        "telegram": "python-telegram-bot",
        "umap": "umap-learn",
        "vtkmodules": "vtk",
        "websocket": "websocket-client",
        "win32api": "pywin32",
        "win32com": "pywin32",
        "wx": "wxpython",
        "yaml": "pyyaml",
    }.items()
}

#: Import packages that many distributions share; each is named `<package>-...`.
_SHARED = frozenset(
    """
    aws azure backports databricks google jaraco nvidia opentelemetry oslo ruamel snowflake
    sphinxcontrib zope
    """.split()  # noqa: SIM905 - a column of names is not readable
)

_PREFIXES = ("py", "py-", "python-", "python3-")
_SUFFIXES = ("-base", "-binary", "-core", "-cpu", "-gpu", "-lite", "-nightly", "-py", "-python")


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503, "Normalized Names")."""
    return re.sub(r"[-_.]+", "-", name).lower()


def is_provided(name: str, distributions: Set[str]) -> bool:
    """Whether one of these distributions is likely to provide a top-level import name.

    In doubt the answer is yes: a finding that is wrong costs more than one that is missing.

    Args:
        distributions: Normalised names.
    """
    plain = normalised(name)
    candidates = {
        plain,
        *_DISTRIBUTIONS.get(name, ()),
        *(prefix + plain for prefix in _PREFIXES),
        *(plain + suffix for suffix in _SUFFIXES),
    }
    if not candidates.isdisjoint(distributions):
        return True
    return name in _SHARED and any(other.startswith(f"{plain}-") for other in distributions)


def distribution_for(name: str) -> str:
    """The distribution that is usually installed for an import name."""
    return _DISTRIBUTIONS.get(name, (normalised(name),))[0]
