"""The native module (src/*.cpp): conversions only, every call releases the interpreter lock."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float32] | npt.NDArray[np.float64]

class NativeNetwork:
    @staticmethod
    def read_onnx(path: str) -> NativeNetwork: ...
    @staticmethod
    def parse_onnx(data: bytes, folder: str = "") -> NativeNetwork: ...
    @property
    def input_shape(self) -> tuple[int, ...]: ...
    @property
    def output_shape(self) -> tuple[int, ...]: ...
    @property
    def input_size(self) -> int: ...
    @property
    def output_size(self) -> int: ...
    @property
    def dtype(self) -> str: ...
    @property
    def nodes(self) -> list[tuple[str, str, int]]: ...
    @property
    def exactly_evaluable(self) -> bool: ...
    def evaluate(self, x: _Array) -> _Array: ...
    def evaluate_exact(self, x: list[str]) -> list[str]:
        """The real-valued output at rational inputs "p/q", exactly."""
    def enclose(self, x: list[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Certified bounds of the real-valued output at rational inputs "p/q"."""
    def bound(
        self,
        lower: _Array,
        upper: _Array,
        *,
        method: str,
        coefficients: _Array | None = None,
        real_only: bool,
        threads: int,
        memory_mb: float,
    ) -> tuple[_Array, _Array]: ...

class ModelBuilder:
    def __init__(self) -> None: ...
    def add_input(self, name: str, shape: tuple[int, ...], dtype: str) -> None: ...
    def add_initializer(self, name: str, array: npt.NDArray[Any]) -> None: ...
    def add_node(
        self, op_type: str, name: str, inputs: list[str], outputs: list[str], attributes: dict[str, Any]
    ) -> None: ...
    def add_output(self, name: str) -> None: ...
    def build(self) -> NativeNetwork: ...

class NativeProperty:
    @staticmethod
    def read_vnnlib(path: str) -> NativeProperty: ...
    @staticmethod
    def parse_vnnlib(text: str) -> NativeProperty: ...
    @staticmethod
    def build(
        lower: npt.NDArray[np.float64],
        upper: npt.NDArray[np.float64],
        outputs: int,
        disjuncts: list[list[tuple[list[tuple[int, float]], float, bool]]],
    ) -> NativeProperty: ...
    @property
    def inputs(self) -> int: ...
    @property
    def outputs(self) -> int: ...
    @property
    def disjuncts(self) -> int: ...

def verify(
    network: NativeNetwork,
    property: NativeProperty,
    *,
    timeout_s: float,
    memory_mb: float,
    threads: int,
    real_only: bool,
    seed: int,
    max_boxes: int,
) -> dict[str, Any]: ...
def instruction_set() -> str: ...
def set_instruction_set(name: str) -> None: ...
def available_instruction_sets() -> list[str]: ...
def build_info() -> dict[str, Any]: ...

class LeanLimits:
    def __init__(self, *, threads: int, timeout_s: float, max_steps: int, max_depth: int, memory_mb: float) -> None: ...

class NativeEnvironment:
    @staticmethod
    def parse(data: bytes, name: str, progress: Callable[[int, int], object] | None = None) -> NativeEnvironment:
        """Read an export, or one .olean without its imports."""
    @staticmethod
    def open(
        *,
        files: list[str],
        folders: list[str],
        modules: list[str],
        search_path: list[str],
        imports: bool,
        trusted: list[str],
        progress: Callable[[int, int], object] | None = None,
    ) -> NativeEnvironment:
        """Index .olean files and all that they import; nothing is loaded yet."""
    @property
    def format(self) -> str: ...
    @property
    def num_constants(self) -> int: ...
    def target_digests(self) -> list[str]:
        """The SHA-256 of each module that was asked for, in order; empty for exports."""
    def names(self) -> list[str]: ...
    def load_names(self, names: list[str]) -> None:
        """Read these constants, where there are such, and all that they reach; the rest is read when it is needed."""
    def find(self, name: str) -> int | None: ...
    def kind(self, id: int) -> str: ...
    def describe(self, id: int, *, max_length: int, universes: bool) -> dict[str, Any]: ...
    def axioms(self, id: int) -> list[str]: ...
    def dependencies(self, roots: list[int], *, proofs: bool) -> list[int]: ...
    def edges(self, roots: list[int], *, proofs: bool) -> list[tuple[int, int]]: ...
    def export_ndjson(self, roots: list[int] | None, *, version: str, write: Callable[[memoryview], object]) -> int:
        """Write these and all that they reach, or everything; the number of bytes."""
    def modules(self, *, digests: bool) -> list[tuple[str, str, str, bool, bool]]:
        """Name, path, SHA-256 (empty where not asked for), whether trusted, whether asked for."""
    def check(
        self,
        *,
        targets_only: bool,
        allowed_axioms: list[str] | None,
        limits: LeanLimits,
        max_findings: int,
        progress: Callable[[int, int], object] | None = None,
    ) -> dict[str, Any]: ...
    @staticmethod
    def verify(
        reference: NativeEnvironment,
        candidate: NativeEnvironment,
        *,
        theorem: str,
        allowed_axioms: list[str],
        limits: LeanLimits,
        max_findings: int,
        progress: Callable[[int, int], object] | None = None,
    ) -> dict[str, Any]: ...

def is_olean(data: bytes) -> bool: ...
