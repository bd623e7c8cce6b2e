"""Everything verikit raises.

A message gives the place, what was expected, what came, and the way out. The C++ engines raise the
same classes: ``src/bind_errors.cpp`` looks them up here by name.
"""

from __future__ import annotations

__all__ = [
    "BackendError",
    "CudaError",
    "DtypeError",
    "ExportFormatError",
    "InputError",
    "InternalError",
    "MemoryLimitError",
    "ModelFormatError",
    "PolicySyntaxError",
    "PropertyFormatError",
    "ResourceError",
    "ShapeError",
    "SolverError",
    "SoundnessError",
    "TimeLimitError",
    "ToolchainMissing",
    "UnsupportedError",
    "UnsupportedOpError",
    "VerikitError",
    "WorkerDied",
]


class VerikitError(Exception):
    """Base of everything verikit raises on purpose.

    Attributes
    ----------
    exit_code : int
        What ``verikit-check`` exits with when the error ends a command.
    """

    exit_code: int = 70


class InputError(VerikitError, ValueError):
    """A value or a file that the caller gave makes no sense."""

    exit_code = 64


class ShapeError(InputError):
    """An array does not have the shape that the network or the property asks for."""


class DtypeError(InputError):
    """An array is neither float32 nor float64, or does not live in CPU memory."""


class ModelFormatError(InputError):
    """A model file is malformed, truncated or inconsistent."""


class PropertyFormatError(InputError):
    """A VNN-LIB file is malformed; the message gives line and column."""


class ExportFormatError(InputError):
    """A proof export (.olean, lean4export) is malformed or truncated."""


class PolicySyntaxError(InputError):
    """A policy does not parse."""


class UnsupportedError(VerikitError):
    """Well-formed, but outside what verikit handles: DECLINED at the command line."""

    exit_code = 2


class UnsupportedOpError(UnsupportedError):
    """A network operator or attribute that verikit does not handle; the message names the node."""


class ResourceError(VerikitError):
    """A limit was reached before there was an answer: DECLINED at the command line."""

    exit_code = 2


class TimeLimitError(ResourceError):
    """The deadline passed."""


class MemoryLimitError(ResourceError):
    """The memory limit was reached."""


class BackendError(VerikitError, RuntimeError):
    """Something verikit relies on is missing or failed."""


class ToolchainMissing(BackendError):
    """A program or an optional package that the call needs is not installed."""


class WorkerDied(BackendError):
    """A worker process ended without an answer."""


class SolverError(BackendError):
    """An external solver failed."""


class CudaError(BackendError):
    """The CUDA runtime or driver reported an error."""


class InternalError(VerikitError):
    """A bug of verikit's own; please report it."""


class SoundnessError(InternalError):
    """A self-check failed, so that a verdict could have been wrong; never caught, please report it."""
