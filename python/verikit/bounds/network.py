"""A neural network, ready to be bounded."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from verikit import _core
from verikit._base.config import DEFAULT_MEMORY_MB, available_threads
from verikit._base.errors import InputError, ShapeError, ToolchainMissing
from verikit.bounds.bounds import Bounds

if TYPE_CHECKING:
    from verikit.bounds._arrays import FloatArray
    from verikit.bounds.box import Box
    from verikit.bounds.specification import Specification

Method = Literal["ibp", "crown-ibp", "crown"]
Soundness = Literal["float", "real"]

_REAL_ONLY = {"float": False, "real": True}
_THREADS = available_threads()


def real_only(soundness: Soundness) -> bool:
    """Translate the option; raises InputError for anything but "float" and "real"."""
    try:
        return _REAL_ONLY[soundness]
    except (KeyError, TypeError):
        raise InputError(f'soundness: expected "float" or "real", got {soundness!r}') from None


class Network:
    """A network of one input and one output.

    Make one with :meth:`from_onnx` or :meth:`from_torch`. Networks do not change and may be shared between
    threads.
    """

    __slots__ = ("_native", "_size", "input_shape", "name", "output_shape")

    def __init__(self, native: _core.NativeNetwork, name: str = "network") -> None:
        self._native = native
        self._size: int = native.input_size
        self.name = name
        self.input_shape: tuple[int, ...] = tuple(native.input_shape)
        self.output_shape: tuple[int, ...] = tuple(native.output_shape)

    @classmethod
    def from_onnx(cls, path: str | os.PathLike[str]) -> Network:
        """Read an ONNX file (``.onnx``, or ``.onnx.gz``).

        Raises
        ------
        InputError
            If the file cannot be read.
        ModelFormatError
            If it is malformed, truncated or inconsistent.
        UnsupportedError
            For operators, attributes and shapes outside of docs/bounds.md.
        """
        from verikit.bounds._files import inflate, require_file

        file = require_file(path, "model")
        if file.endswith(".gz"):
            native = _core.NativeNetwork.parse_onnx(inflate(file))
        else:
            native = _core.NativeNetwork.read_onnx(file)
        return cls(native, os.path.basename(file))

    @classmethod
    def from_torch(cls, module: Any, input_shape: tuple[int, ...]) -> Network:
        """Trace a ``torch.nn.Module`` in evaluation mode; needs the extra ``torch``.

        Parameters
        ----------
        module : torch.nn.Module
            Its parameters are copied: later training does not change the network.
        input_shape : tuple of int
            Shape of one input, without the batch dimension.
        """
        if find_spec("torch") is None:
            raise ToolchainMissing("Network.from_torch: torch is not installed; run pip install 'verikit[torch]'")
        from verikit.bounds._torch import trace

        builder = _core.ModelBuilder()
        trace(module, tuple(input_shape), builder)
        return cls(builder.build(), type(module).__name__)

    @property
    def dtype(self) -> str:
        """The format the network's own evaluations work in: ``"float32"`` or ``"float64"``."""
        return self._native.dtype

    @property
    def exactly_evaluable(self) -> bool:
        """Whether rational arithmetic can evaluate it: no Sigmoid and no Tanh."""
        return self._native.exactly_evaluable

    @property
    def input_size(self) -> int:
        """Number of input values."""
        return self._size

    @property
    def output_size(self) -> int:
        """Number of output values."""
        return self._native.output_size

    def evaluate(self, x: Any) -> FloatArray:
        """One float evaluation: each node rounded in the dtype of ``x``, sums in index order.

        Parameters
        ----------
        x : array of float32 or float64
            Shape ``input_shape`` or ``(batch, *input_shape)``.
        """
        from verikit.bounds._arrays import as_floats

        values = as_floats(x, "x")
        single = self._is_single(values.shape, "x")
        result = self._native.evaluate(values.reshape(-1, self._size))
        return result.reshape(self.output_shape if single else (-1, *self.output_shape))

    def bound(
        self,
        box: Box,
        *,
        method: Method = "crown",
        specification: Specification | None = None,
        soundness: Soundness = "float",
        threads: int | None = None,
        memory_mb: float = DEFAULT_MEMORY_MB,
    ) -> Bounds:
        """Bound the outputs over a box, or over each box of a batch.

        Parameters
        ----------
        box : Box
            Shape ``input_shape`` or ``(batch, *input_shape)``. The bounds are computed in its dtype.
        method : {"ibp", "crown-ibp", "crown"}
            Interval bounds; linear bounds over interval intermediates; linear bounds throughout (the tightest
            and the slowest).
        specification : Specification, optional
            Bound its linear margins (:meth:`Specification.robust`, :meth:`Specification.linear`) instead of the
            outputs. Its own box is not used.
        soundness : {"float", "real"}
            "real" covers real arithmetic only, not the network's float evaluations.
        threads : int, optional
            All processors by default. The result does not depend on it, bit for bit.
        memory_mb : float
            Limit of the call's working memory.

        Returns
        -------
        Bounds

        Raises
        ------
        ShapeError
            If the box does not fit the network.
        MemoryLimitError
            If the call would need more than ``memory_mb``.

        Notes
        -----
        **Guarantee**: the bounds contain the exact real-valued outputs and, with soundness "float", the outputs
        of every float evaluation in the class that docs/soundness.md states. Interval bounds: Gowal et al. 2018
        (arXiv:1810.12715); CROWN: Zhang et al. 2018 (arXiv:1811.00866); CROWN-IBP: Zhang et al. 2020
        (arXiv:1906.06316).
        """
        lower = box.lower
        size = self._size
        single = lower.shape == self.input_shape or self._is_single(lower.shape, "box")
        low, high = self._native.bound(
            lower.reshape(-1, size),
            box.upper.reshape(-1, size),
            method=method,
            coefficients=None if specification is None else specification.coefficients(self.output_size),
            real_only=False if soundness == "float" else real_only(soundness),
            threads=_THREADS if threads is None else threads,
            memory_mb=memory_mb,
        )
        if specification is not None:
            return Bounds(low[0], high[0]) if single else Bounds(low, high)
        shape = self.output_shape if single else (-1, *self.output_shape)
        return Bounds(low.reshape(shape), high.reshape(shape))

    def _is_single(self, shape: tuple[int, ...], what: str) -> bool:
        if shape == self.input_shape:
            return True
        if shape[1:] == self.input_shape and len(shape) == len(self.input_shape) + 1:
            return False
        raise ShapeError(
            f"{what}: expected shape {self.input_shape} (or a batch in front of it) for {self.name}, "
            f"got {shape}; reshape it"
        )

    def __repr__(self) -> str:
        return f"Network({self.name!r}, {self.input_shape} -> {self.output_shape}, {self.dtype})"
