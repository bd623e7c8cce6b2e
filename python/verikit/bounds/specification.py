"""What is asked of a network."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from verikit import _core
from verikit._base.errors import InputError, PropertyFormatError, ShapeError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from verikit.bounds.box import Box

_Disjuncts = list[list[tuple[list[tuple[int, float]], float, bool]]]


class Specification:
    """A property that should HOLD for all inputs of a box (or of several, for VNN-LIB).

    Make one with :meth:`robust`, :meth:`linear` or :meth:`from_vnnlib`.
    """

    __slots__ = ("_at_least", "_cache", "_label", "_matrix", "_native", "_strict", "box", "name")

    def __init__(self, *, name: str, box: Box | None = None) -> None:
        self.name = name
        self.box = box
        self._native: _core.NativeProperty | None = None
        self._label: int | None = None
        self._matrix: npt.NDArray[np.float64] | None = None
        self._at_least: npt.NDArray[np.float64] | None = None
        self._strict = False
        self._cache: dict[int, npt.NDArray[np.float64]] = {}

    @classmethod
    def robust(cls, box: Box, label: int) -> Specification:
        """Output ``label`` is larger than every other output, for all inputs of the box.

        A tie counts as a violation: which class then wins is up to the implementation.
        """
        index = _as_label(label)
        result = cls(name=f"robustness at label {index}", box=box)
        result._label = index
        return result

    @classmethod
    def linear(cls, box: Box, coefficients: Any, at_least: Any = 0.0, *, strict: bool = False) -> Specification:
        """``coefficients @ y >= at_least`` in every row, for all inputs of the box.

        Parameters
        ----------
        coefficients : array, shape (rows, outputs) or (outputs,)
            Taken exactly, as doubles.
        at_least : float or array, shape (rows,)
            The right-hand sides.
        strict : bool
            Ask for ``>`` instead of ``>=``.
        """
        import numpy as np

        matrix = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
        if matrix.ndim != 2 or matrix.size == 0:
            raise ShapeError(f"coefficients: expected (rows, outputs), got {matrix.shape}")
        try:
            sides = np.broadcast_to(np.asarray(at_least, dtype=np.float64), (matrix.shape[0],))
        except ValueError:
            raise ShapeError(
                f"at_least: expected one number or {matrix.shape[0]}, got shape {np.shape(at_least)}"
            ) from None
        if not np.isfinite(matrix).all() or not np.isfinite(sides).all():
            raise InputError("coefficients, at_least: expected finite numbers, got NaN or infinity")
        if not matrix.any(axis=1).all():
            row = int(np.argmin(matrix.any(axis=1)))
            raise InputError(f"coefficients: row {row} is all zeros and says nothing about the outputs; leave it out")
        result = cls(name=f"{matrix.shape[0]} linear constraints", box=box)
        result._matrix, result._at_least, result._strict = np.ascontiguousarray(matrix), sides, strict
        return result

    @classmethod
    def from_vnnlib(cls, path: str | os.PathLike[str]) -> Specification:
        """Read a VNN-LIB file (``.vnnlib``, or ``.vnnlib.gz``); its assertions describe the UNSAFE set.

        Raises
        ------
        PropertyFormatError
            With line and column, if it is malformed.
        UnsupportedError
            For constraints that mix inputs and outputs.
        """
        from verikit.bounds._files import inflate, require_file

        file = require_file(path, "property")
        result = cls(name=os.path.basename(file))
        if file.endswith(".gz"):
            try:
                text = inflate(file).decode()
            except UnicodeDecodeError as error:
                raise PropertyFormatError(f"{file}: expected UTF-8 text; {error}") from None
            result._native = _core.NativeProperty.parse_vnnlib(text)
        else:
            result._native = _core.NativeProperty.read_vnnlib(file)
        return result

    def coefficients(self, outputs: int) -> npt.NDArray[np.float64]:
        """The margins as rows, shape (rows, outputs): what ``Network.bound(specification=...)`` bounds.

        For :meth:`robust` one row ``y[label] - y[j]`` for each other class ``j``, ascending.
        """
        rows = self._cache.get(outputs)
        if rows is None:
            rows = self._cache[outputs] = self._make_rows(outputs)
        return rows

    def _make_rows(self, outputs: int) -> npt.NDArray[np.float64]:
        import numpy as np

        if self._matrix is not None:
            if self._matrix.shape[1] != outputs:
                raise ShapeError(
                    f"coefficients: expected {outputs} columns, one for each output, got {self._matrix.shape[1]}"
                )
            return self._matrix
        if self._label is not None:
            if self._label >= outputs or outputs < 2:
                raise InputError(f"label: expected 0 to {outputs - 1}, got {self._label}")
            rows = np.delete(-np.eye(outputs), self._label, axis=0)
            rows[:, self._label] = 1.0
            return rows
        raise InputError(f"{self.name}: a VNN-LIB property has no single set of margins to bound; use verify()")

    def native(self, network_inputs: int, outputs: int) -> _core.NativeProperty:
        """The property as the engine takes it: the unsafe set.

        Raises
        ------
        ShapeError
            If it does not fit a network of this many inputs and outputs.
        """
        if self._native is None:
            box = self.box
            if box is None:
                raise InputError("specification: has neither a box nor a file; use robust, linear or from_vnnlib")
            if box.lower.size != network_inputs:
                raise ShapeError(
                    f"box: expected {network_inputs} values, got shape {box.shape}; verify takes one box, not a batch"
                )
            return _core.NativeProperty.build(
                box.lower.astype("float64").ravel(),
                box.upper.astype("float64").ravel(),
                outputs,
                self._disjuncts(outputs),
            )
        if (self._native.inputs, self._native.outputs) != (network_inputs, outputs):
            raise ShapeError(
                f"{self.name}: is about {self._native.inputs} inputs and {self._native.outputs} outputs; "
                f"the network has {network_inputs} and {outputs}"
            )
        return self._native

    def _disjuncts(self, outputs: int) -> _Disjuncts:
        # The property fails where one of its rows does: row . y <= bound, strictly where equality is allowed.
        rows = self.coefficients(outputs)
        sides = [0.0] * len(rows) if self._at_least is None else [float(side) for side in self._at_least]
        strict = self._matrix is not None and not self._strict
        return [
            [([(j, float(value)) for j, value in enumerate(row) if value != 0.0], side, strict)]
            for row, side in zip(rows, sides, strict=True)
        ]

    def __repr__(self) -> str:
        return f"Specification({self.name!r})"


def _as_label(label: Any) -> int:
    import operator

    try:
        index = operator.index(label)
    except TypeError:
        raise InputError(f"label: expected an integer, got {label!r}") from None
    if index < 0:
        raise InputError(f"label: expected an integer >= 0, got {index}")
    return index
