"""Trace a ``torch.nn.Module`` into the engine's model: torch.fx for the graph, one zero input for the shapes.

The operators themselves are in :mod:`verikit.bounds._torch_ops`.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import fx, nn

from verikit._base.errors import DtypeError, ShapeError, UnsupportedError, UnsupportedOpError
from verikit.bounds._torch_ops import FUNCTIONS, METHODS, MODULES, Builder, Emitter, Traced

__all__ = ["Builder", "trace"]

# What may turn a traced tensor into a Python value: shapes only, never its numbers.
_SHAPE_METHODS = {"size", "dim", "ndimension", "numel", "nelement", "__len__"}
_SHAPE_ATTRIBUTES = {"shape", "ndim", "dtype", "device"}
_FACTORIES = {torch.zeros, torch.ones, torch.full, torch.tensor, torch.arange}
_PYTHON = {
    operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.neg, operator.getitem, getattr,
}  # fmt: skip
_IN_PLACE: dict[Any, Callable[..., Any]] = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
}


def trace(module: nn.Module, input_shape: tuple[int, ...], builder: Builder) -> None:
    """Feed ``builder`` the operators that ``module`` applies to one input.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode as far as batch norm and dropout are concerned; parameters float32 or float64.
    input_shape : tuple of int
        Shape of one input without the batch; the model's input is ``(1, *input_shape)``.
    builder : Builder
        Receives input, initializers, nodes and output.

    Raises
    ------
    UnsupportedOpError
        For modules, functions and options outside of the list; names the place in the module.
    UnsupportedError
        For modules that torch.fx cannot trace (control flow that depends on values), or with several inputs or outputs.
    DtypeError
        For parameters that are neither all float32 nor all float64.
    ShapeError
        For an input shape that the module refuses.
    """
    dtype = _dtype(module)
    if any(size < 1 for size in input_shape):
        raise ShapeError(f"input_shape: expected positive sizes without the batch, got {input_shape}")
    shape = (1, *input_shape)
    name = type(module).__name__
    try:
        copied = copy.deepcopy(module).cpu()  # tracing leaves attributes behind, and forward may change parameters
        # torch.fx looks into the root, even where it is a module of torch itself that stands for an operator.
        root = nn.Sequential(copied) if type(copied) in MODULES else copied
        random_state = torch.get_rng_state()
        graph = fx.Tracer().trace(root)
    except Exception as error:
        raise UnsupportedError(
            f"{name}: torch.fx cannot trace it ({error}); forward must not branch on values; or export it to ONNX"
        ) from error
    if not torch.equal(random_state, torch.get_rng_state()):
        raise UnsupportedOpError(f"{name}: forward draws random numbers")
    with torch.no_grad():
        _Walk(root, graph, builder, dtype).run(shape)
        _check_trace(name, root, graph, shape, dtype)


def _check_trace(name: str, root: nn.Module, graph: fx.Graph, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    """Compare graph and module on one input.

    torch.fx records ``y += 1`` as an addition that leaves the old ``y`` alone; where another name sees the same
    memory the graph is not what the module computes.
    """
    x = torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(0))
    traced = fx.GraphModule(root, graph)(x.clone())
    if not torch.equal(traced, root(x.clone())):
        raise UnsupportedError(
            f"{name}: the traced graph computes something else than the module (values changed in place, or state "
            "that forward updates); rewrite forward without in-place changes"
        )


def _dtype(module: nn.Module) -> torch.dtype:
    found = {t.dtype for t in [*module.parameters(), *module.buffers()] if t.dtype.is_floating_point}
    if len(found) > 1 or not found <= {torch.float32, torch.float64}:
        names = ", ".join(sorted(str(d) for d in found))
        raise DtypeError(f"{type(module).__name__}: parameters must be all float32 or all float64, got {names}")
    return found.pop() if found else torch.float32


class _Walk:
    """Runs the graph node by node on real tensors (for shapes) and emits each node."""

    def __init__(self, module: nn.Module, graph: fx.Graph, builder: Builder, dtype: torch.dtype) -> None:
        self.module = module
        self.builder = builder
        self.emitter = Emitter(builder, dtype)
        self.dtype = dtype
        self.nodes = list(graph.nodes)
        self.order = {node: i for i, node in enumerate(self.nodes)}
        self.real: dict[fx.Node, Any] = {}
        self.traced: dict[fx.Node, Any] = {}

    def run(self, shape: tuple[int, ...]) -> None:
        seen_input = False
        for node in self.nodes:
            self.emitter.place = self._place(node)
            if node.op == "placeholder":
                if not seen_input:
                    seen_input = True
                    self.builder.add_input("input", shape, str(self.dtype).removeprefix("torch."))
                    self.real[node] = torch.zeros(shape, dtype=self.dtype)
                    self.traced[node] = Traced("input", shape)
                elif node.args:
                    self.real[node] = self.traced[node] = node.args[0]
                else:
                    raise UnsupportedError(f"{type(self.module).__name__}: forward takes more than one input")
            elif node.op == "output":
                self._output(node.args[0])
            else:
                self._step(node)

    def _place(self, node: fx.Node) -> str:
        """Where in the module a node comes from, for messages."""
        if node.op in ("call_module", "get_attr"):
            return str(node.target)
        stack = list(node.meta.get("nn_module_stack", {}).values())
        path = str(stack[-1][0]) if stack else ""
        name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
        return f"{path}.{name}" if path else str(name)

    def _step(self, node: fx.Node) -> None:
        real_args, real_kwargs = fx.map_arg((node.args, node.kwargs), lambda n: self.real[n])
        args, kwargs = fx.map_arg((node.args, node.kwargs), lambda n: self.traced[n])
        emitter = self.emitter
        handler: Callable[..., Any] | None = None
        call: Callable[..., Any]
        in_place = False
        if node.op == "get_attr":
            value = operator.attrgetter(str(node.target))(self.module)
            if not isinstance(value, torch.Tensor):
                self.real[node] = self.traced[node] = value
                return
            self.real[node] = value.detach().cpu().clone()
            self.traced[node] = emitter.constant(self.real[node])
            return
        if node.op == "call_module":
            child = self.module.get_submodule(str(node.target))
            handler = self._module_handler(child)
            call = child
            in_place = bool(getattr(child, "inplace", False))
        elif node.op == "call_method":
            name = str(node.target)
            if name in _SHAPE_METHODS or not isinstance(args[0], Traced):
                self._python(node, lambda: getattr(real_args[0], name)(*real_args[1:], **real_kwargs))
                return
            in_place = name.endswith("_") and not name.endswith("__")
            handler = METHODS.get(name.removesuffix("_") if in_place else name)

            def call(*a: Any, **k: Any) -> Any:
                return getattr(a[0], name)(*a[1:], **k)
        else:
            target: Any = node.target
            call = target
            if target is getattr and args[1] in _SHAPE_ATTRIBUTES:
                self._python(node, lambda: getattr(real_args[0], str(real_args[1])))
                return
            if not _mentions_traced((args, kwargs)):
                self._untraced(node, target, lambda: call(*real_args, **real_kwargs))
                return
            in_place = target in _IN_PLACE or bool(kwargs.get("inplace", False))
            handler = FUNCTIONS.get(_IN_PLACE.get(target, target))
        if handler is None:
            what = (
                type(self.module.get_submodule(str(node.target))).__name__ if node.op == "call_module" else node.target
            )
            raise UnsupportedOpError(
                f"{emitter.place}: {getattr(what, '__name__', what)} is not supported; "
                "docs/bounds.md lists what is, ONNX export may decompose it"
            )
        try:
            result = call(*real_args, **real_kwargs)
        except UnsupportedError:
            raise
        except Exception as error:
            raise ShapeError(f"{emitter.place}: it refuses its input: {error}") from error
        if in_place or (isinstance(kwargs.get("inplace"), bool) and kwargs["inplace"]):
            self._check_in_place(node)
        self._check_result(result)
        emitter.result = result
        kwargs = {k: v for k, v in kwargs.items() if k != "inplace"}
        try:
            self.traced[node] = handler(emitter, *args, **kwargs)
        except TypeError as error:
            raise UnsupportedOpError(f"{emitter.place}: called in a way that is not supported: {error}") from error
        self.real[node] = result

    def _module_handler(self, child: nn.Module) -> Callable[..., Any] | None:
        # A subclass, a hook or a replaced forward may compute something else than its base.
        table = MODULES.get(type(child))
        if table is None:
            return None
        if child._forward_hooks or child._forward_pre_hooks or "forward" in vars(child):
            raise UnsupportedOpError(
                f"{self.emitter.place}: {type(child).__name__} has hooks or a forward of its own; remove them first"
            )

        if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)) and (child.training or child.running_mean is None):
            raise UnsupportedOpError(
                f"{self.emitter.place}: batch norm uses the batch's own statistics; "
                "call eval() and keep running statistics"
            )

        def handler(emitter: Emitter, *args: Any, **kwargs: Any) -> Any:
            return table(emitter, child, *args, **kwargs)

        return handler

    def _python(self, node: fx.Node, call: Callable[[], Any]) -> None:
        self.real[node] = self.traced[node] = call()

    def _untraced(self, node: fx.Node, target: Any, call: Callable[[], Any]) -> None:
        """Arithmetic on sizes, and constant tensors made in forward."""
        if target not in _FACTORIES and target not in _PYTHON and _module_of(target) not in ("math", "builtins"):
            raise UnsupportedOpError(f"{self.emitter.place}: not supported on values that do not depend on the input")
        value = call()
        self.real[node] = value
        self.traced[node] = self.emitter.constant(value) if isinstance(value, torch.Tensor) else value

    def _check_in_place(self, node: fx.Node) -> None:
        """After ``node`` changed its first argument nobody may look at the old value, under any name."""
        changed = node.args[0] if node.args else None
        if not isinstance(changed, fx.Node) or not isinstance(self.real[changed], torch.Tensor):
            return
        memory = self.real[changed].untyped_storage().data_ptr()
        for other, value in self.real.items():
            if not isinstance(value, torch.Tensor) or value.untyped_storage().data_ptr() != memory:
                continue
            if other.op == "get_attr" or any(self.order[user] > self.order[node] for user in other.users):
                raise UnsupportedOpError(
                    f"{self.emitter.place}: changes a parameter in place, or a value that is used again afterwards; "
                    "use the variant that is not in place"
                )

    def _check_result(self, result: Any) -> None:
        for tensor in result if isinstance(result, (tuple, list)) else [result]:
            if not isinstance(tensor, torch.Tensor) or tensor.dtype != self.dtype:
                got = getattr(tensor, "dtype", type(tensor).__name__)
                raise UnsupportedOpError(f"{self.emitter.place}: expected a result of {self.dtype}, got {got}")

    def _output(self, value: Any) -> None:
        traced = fx.map_arg(value, lambda n: self.traced[n])
        if not isinstance(traced, Traced):
            raise UnsupportedError(
                f"{type(self.module).__name__}: forward must return one tensor, it returns {type(traced).__name__}"
            )
        self.builder.add_output(traced.name)


def _mentions_traced(value: Any) -> bool:
    if isinstance(value, Traced):
        return True
    if isinstance(value, dict):
        return any(_mentions_traced(v) for v in value.values())
    if isinstance(value, (tuple, list)):
        return any(_mentions_traced(v) for v in value)
    if isinstance(value, slice):
        return any(_mentions_traced(v) for v in (value.start, value.stop, value.step))
    return False


def _module_of(target: Any) -> str:
    return str(getattr(target, "__module__", ""))
