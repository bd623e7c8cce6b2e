"""Arrays in: numpy and CPU torch tensors become C-contiguous float32 or float64 numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from verikit._base.errors import DtypeError, ShapeError

FloatArray = npt.NDArray[np.float32] | npt.NDArray[np.float64]

_FLOAT32 = np.dtype(np.float32)
_FLOAT64 = np.dtype(np.float64)


def as_floats(value: Any, what: str) -> FloatArray:
    """View ``value`` as a C-contiguous float array, without copying where it already is one.

    Raises
    ------
    DtypeError
        For integers, bool, half precision and tensors outside CPU memory: nothing is converted silently.
    """
    if type(value) is not np.ndarray:
        if hasattr(value, "detach") and hasattr(value, "device"):  # a torch tensor; torch is not imported for it
            if value.device.type != "cpu":
                raise DtypeError(
                    f"{what}: expected a tensor in CPU memory, got one on {value.device}; pass {what}.cpu()"
                )
            if str(value.dtype) not in ("torch.float32", "torch.float64"):
                raise DtypeError(f"{what}: expected float32 or float64, got {value.dtype}; convert it with .float()")
            value = value.detach().numpy()
        elif isinstance(value, (list, tuple, float, int)):
            try:
                value = np.asarray(value, dtype=np.float64)
            except (TypeError, ValueError) as error:
                raise ShapeError(f"{what}: expected a rectangular list of numbers; {error}") from None
        else:
            value = np.asarray(value)
    dtype = value.dtype
    if dtype != _FLOAT32 and dtype != _FLOAT64:  # also byte-swapped floats
        raise DtypeError(
            f"{what}: expected float32 or float64 in native byte order, got {dtype}; "
            "convert it with .astype(numpy.float32)"
        )
    # Not ascontiguousarray: it turns a scalar into a vector.
    result: FloatArray = value if value.flags.c_contiguous else value.copy(order="C")
    return result


def show(values: Any, limit: int = 6) -> str:
    """The first numbers of ``values``, for a message or a terminal."""
    numbers = [f"{float(value):.6g}" for value in list(values)[:limit]]
    return "[" + ", ".join(numbers) + (", …]" if len(values) > limit else "]")
