"""Lean environments: read from a file, looked into by name."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

import msgspec

from verikit import _core
from verikit._base.errors import InputError, ToolchainMissing
from verikit._version import __version__

if TYPE_CHECKING:
    import networkx

Source = str | os.PathLike[str] | bytes
"""A file, a folder of .olean files, a module's name, or the content of a file."""

Progress = Callable[[int, int], object]
"""Called with the declarations done and their number, a few times a second; what it raises ends the work."""

_MODULE_NAME = re.compile(r"[^\W\d][\w'!?]*(\.[^\W\d][\w'!?]*)*")
_HEAD = 64


class Constant(msgspec.Struct, frozen=True, kw_only=True):
    """One constant of an environment.

    Attributes
    ----------
    name : str
    kind : str
        ``"axiom"``, ``"definition"``, ``"theorem"``, ``"opaque"``, ``"quotient"``, ``"inductive"``, ``"constructor"``
        or ``"recursor"``.
    safety : {"safe", "unsafe", "partial"}
    universes : tuple of str
        Its universe parameters.
    type, value : str
        Printed, and cut off where they are long; ``value`` is None where there is none.
    module : str
        Where it comes from.
    """

    name: str
    kind: str
    safety: str
    universes: tuple[str, ...]
    type: str
    value: str | None
    module: str


class Environment:
    """What a file holds. Made by :func:`load`; nothing in it has been checked.

    A mapping from names to constants in the order of the file: ``len``, ``in``, iteration over names, ``[name]``.
    Environments do not change and may be shared between threads.
    """

    __slots__ = ("_names", "_native", "name", "sha256")

    def __init__(self, native: _core.NativeEnvironment, name: str, sha256: str | None) -> None:
        self._native = native
        self._names: tuple[str, ...] | None = None
        self.name = name
        self.sha256 = sha256

    @property
    def format(self) -> str:
        """``"lean4export-ndjson"``, ``"lean4export-text"`` or ``"olean"``."""
        return self._native.format

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of the file; of .olean files those of the imports too."""
        if self._names is None:
            self._names = tuple(self._native.names())
        return self._names

    def __len__(self) -> int:
        return self._native.num_constants

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._native.find(name) is not None

    def __getitem__(self, name: str) -> Constant:
        return self.constant(name)

    def constant(self, name: str, *, max_length: int = 2000, universes: bool = False) -> Constant:
        """One constant, its type and value printed.

        Parameters
        ----------
        name : str
        max_length : int
            Bytes of the printed type and value; what is longer ends in ``…``.
        universes : bool
            Print universe arguments.

        Raises
        ------
        KeyError
            If there is no such constant.
        """
        fields = self._native.describe(self._find(name), max_length=max_length, universes=universes)
        return Constant(**{**fields, "universes": tuple(fields["universes"])})

    def kind(self, name: str) -> str:
        """The constant's kind, without reading or printing the rest."""
        return self._native.kind(self._find(name))

    def axioms(self, name: str) -> tuple[str, ...]:
        """The axioms that a constant rests on, recomputed from the terms.

        Unlike ``#print axioms``, which reports what an imported file says of itself.
        """
        return tuple(self._native.axioms(self._find(name)))

    def dependencies(self, name: str, *, proofs: bool = True) -> tuple[str, ...]:
        """Everything that a constant rests on, itself included, in the order of the file.

        Parameters
        ----------
        name : str
        proofs : bool
            False: without what only the proofs of theorems use.
        """
        found = self._native.dependencies([self._find(name)], proofs=proofs)
        names = self.names
        return tuple(names[number] for number in found)

    def graph(self, names: Iterable[str] | None = None, *, proofs: bool = True) -> networkx.DiGraph:
        """The dependency graph; needs networkx (the extra ``lean``).

        Parameters
        ----------
        names : iterable of str, optional
            Only these and what they rest on; everything by default.
        proofs : bool
            False: without what only the proofs of theorems use.

        Returns
        -------
        networkx.DiGraph
            An edge from each constant to each that it mentions itself; a node's ``kind`` is the constant's.
        """
        try:
            import networkx as nx
        except ImportError:
            raise ToolchainMissing(
                "Environment.graph: networkx is not installed; run pip install 'verikit[lean]'"
            ) from None
        roots = list(range(len(self))) if names is None else [self._find(name) for name in names]
        all_names = self.names
        graph = nx.DiGraph()
        for number in self._native.dependencies(roots, proofs=proofs):
            graph.add_node(all_names[number], kind=self._native.kind(number))
        graph.add_edges_from((all_names[a], all_names[b]) for a, b in self._native.edges(roots, proofs=proofs))
        return graph

    def export_ndjson(self, file: str | os.PathLike[str] | IO[bytes], names: str | Iterable[str] | None = None) -> int:
        """Write lean4export NDJSON 3.1.0: what :func:`load` and other checkers read.

        Declarations come after what they mention, so .olean files become one file that stands alone. Not written:
        metadata inside terms, and whether a ``let`` is marked ``nondep``. Nothing is checked.

        Parameters
        ----------
        file : path or binary file
            A file that is there is replaced; after an error there is none.
        names : str or iterable of str, optional
            Only these constants and what they rest on. By default everything; of .olean files, everything in those that
            were asked for, and what it rests on.

        Returns
        -------
        int
            The number of bytes.

        Raises
        ------
        KeyError
            If there is no constant of that name.
        InputError
            If the file cannot be written, or is open as text.
        """
        roots = None
        if names is not None:
            roots = [self._find(name) for name in ([names] if isinstance(names, str) else names)]
        if isinstance(file, (str, os.PathLike)):
            return self._export_to_path(os.fspath(file), roots)
        if isinstance(file, io.TextIOBase):
            raise InputError("file: expected a path or a binary file, got a text file; open it with mode 'wb'")
        return self._export(file.write, roots)

    def _export_to_path(self, path: str, roots: list[int] | None) -> int:
        try:
            stream = open(path, "wb")  # noqa: SIM115 (closed before the file is removed)
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}; check the path") from None
        try:
            with stream:
                return self._export(stream.write, roots)
        except BaseException as error:
            # A part of an export reads like a whole one: leave none behind.
            if os.path.isfile(path):
                os.unlink(path)
            if isinstance(error, OSError):
                raise InputError(f"{path}: cannot be written: {error.strerror}; make room or write elsewhere") from None
            raise

    def _export(self, write: Callable[[memoryview], object], roots: list[int] | None) -> int:
        def write_all(piece: memoryview) -> None:
            while piece:  # a raw file may take a part
                taken = write(piece)
                piece = piece[taken if isinstance(taken, int) else len(piece) :]

        return self._native.export_ndjson(roots, version=__version__, write=write_all)

    def imports(self) -> dict[str, str]:
        """SHA-256 digests of the imported modules by name: what ``trusted=`` takes. Reads all of them."""
        modules = self._native.modules(digests=True)
        return {name: sha256 for name, _, sha256, _, asked_for in modules if sha256 and not asked_for}

    def _find(self, name: str) -> int:
        number = self._native.find(name)
        if number is None:
            raise KeyError(name)
        return number

    def __repr__(self) -> str:
        return f"Environment({self.name!r}, {self.format}, {len(self)} constants)"


def load(
    source: Source,
    *,
    search_path: Sequence[str | os.PathLike[str]] | None = None,
    imports: bool = True,
    trusted: Iterable[str] = (),
    progress: Progress | None = None,
) -> Environment:
    """Read an environment without checking it.

    Parameters
    ----------
    source : path or bytes
        An export of lean4export (NDJSON 3.0 and 3.1, text 2.0), a ``.olean`` file with the parts beside it, a folder
        of them, their content as ``bytes``, or, where there is no such file, a module's name to look up.
    search_path : sequence of paths, optional
        Where imports and modules are looked up; ``LEAN_PATH`` by default.
    imports : bool
        False: a ``.olean`` stands alone, whatever it imports.
    trusted : iterable of str
        SHA-256 digests of modules that :func:`check` need not check again.
    progress : callable, optional

    Raises
    ------
    InputError
        If there is no such file, folder or module.
    ExportFormatError
        If it is malformed or truncated; the message gives the line or the offset.
    ResourceError
        If a literal or the whole is too large.
    """
    folders = _search_path(search_path)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _parse(bytes(source), "<bytes>", progress)
    path = os.fspath(source)
    if os.path.isdir(path):
        return _open(
            path, folders=[path], search_path=[path, *folders], imports=imports, trusted=trusted, progress=progress
        )
    if not os.path.isfile(path):
        if folders and _MODULE_NAME.fullmatch(path):
            return _open(path, modules=[path], search_path=folders, imports=imports, trusted=trusted, progress=progress)
        raise InputError(
            f"source: expected a file, a folder or a module below LEAN_PATH, found nothing at {path!r}; check the path"
        )
    try:
        with open(path, "rb") as stream:
            if not _core.is_olean(stream.read(_HEAD)):
                stream.seek(0)  # the content once, not in two pieces and their sum
                return _parse(stream.read(), os.path.basename(path), progress)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the path") from None
    return _open(
        os.path.basename(path), files=[path], search_path=folders, imports=imports, trusted=trusted, progress=progress
    )


def is_compiled(source: Source) -> bool:
    """Whether a source is made of .olean files, which may have modules in common with others."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return False
    path = os.fspath(source)
    if not os.path.isfile(path):
        return True
    try:
        with open(path, "rb") as stream:
            return _core.is_olean(stream.read(_HEAD))
    except OSError:
        return False


def _search_path(search_path: Sequence[str | os.PathLike[str]] | None) -> list[str]:
    if search_path is None:
        return [folder for folder in os.environ.get("LEAN_PATH", "").split(os.pathsep) if folder]
    if isinstance(search_path, (str, bytes)):
        raise InputError(f"search_path: expected a list of folders, got {search_path!r}; put it into a list")
    return [os.fspath(folder) for folder in search_path]


def _parse(content: bytes, name: str, progress: Progress | None) -> Environment:
    from hashlib import sha256

    native = _core.NativeEnvironment.parse(content, name, progress)
    return Environment(native, name, sha256(content).hexdigest())


def _open(
    name: str,
    *,
    search_path: list[str],
    imports: bool,
    trusted: Iterable[str],
    progress: Progress | None,
    **what: Any,
) -> Environment:
    native = _core.NativeEnvironment.open(
        files=what.get("files", []),
        folders=what.get("folders", []),
        modules=what.get("modules", []),
        search_path=search_path,
        imports=imports,
        trusted=list(trusted),
        progress=progress,
    )
    return Environment(native, name, _combine(native.target_digests()))


def _combine(digests: list[str]) -> str | None:
    if len(digests) < 2:
        return digests[0] if digests else None
    from hashlib import sha256

    return sha256(b"".join(bytes.fromhex(digest) for digest in digests)).hexdigest()
