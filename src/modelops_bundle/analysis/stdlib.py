"""Which top-level module names belong to the interpreter, whatever its version and platform."""

from __future__ import annotations

import sys

# What 3.11 to 3.14 have and not all of them: the same project means the same on each (law 3).
_NOT_IN_EVERY_VERSION = frozenset(
    """
    _android_support _apple_support _bootsubprocess _colorize _crypt _hmac _interpchannels
    _interpqueues _interpreters _ios_support _msi _opcode_metadata _py_warnings _pydatetime _pylong
    _pyrepl _remote_debugging _sha2 _sha256 _sha512 _suggestions _sysconfig _types _typing _wmi
    _zstd aifc annotationlib asynchat asyncore audioop cgi cgitb chunk compression crypt distutils
    imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev pipes smtpd sndhdr spwd sunau
    telnetlib uu xdrlib
    """.split()  # noqa: SIM905 - a column of names is not readable
)

STANDARD_LIBRARY = frozenset(sys.stdlib_module_names) | _NOT_IN_EVERY_VERSION | {"__main__"}

#: Modules that an import finds before it looks at `sys.path`, in every build of CPython: built
#: in, frozen since 3.11, or loaded before the program starts. A local file of such a name is
#: never imported. Names that only some builds have built in are left out, so that a local file
#: of such a name counts.
FOUND_FIRST = frozenset(
    """
    __main__ _abc _ast _codecs _collections _collections_abc _frozen_importlib
    _frozen_importlib_external _functools _imp _io _locale _operator _signal _sitebuiltins _sre
    _stat _string _symtable _thread _tokenize _tracemalloc _warnings _weakref abc atexit builtins
    codecs encodings errno faulthandler gc genericpath io itertools marshal ntpath os posixpath
    runpy site stat sys time zipimport
    """.split()  # noqa: SIM905 - a column of names is not readable
)
