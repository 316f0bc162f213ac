"""From a trained torch module to the `.tflite` files that a station loads.

The float file comes from litert-torch, the int8 one from ai-edge-quantizer with measured
activation ranges. Both packages and torch live in the training environment alone, so they are
imported where they are used: the rest of this module can be imported anywhere.

A station gives a model NHWC float32 in -1…1, while convolutions are trained channel-first. The
exported graph therefore carries one transposition of its input (the converter folds it away), and
the module is asked to return channel-last outputs itself where an output is a map: see
`training.nets.MapsLast`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float32]


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in lower-case hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export_float(
    module: torch.nn.Module,
    sample_shape: Sequence[int],
    path: Path,
    *,
    half_weights: bool = False,
    seed: int = 0,
) -> float:
    """Write a module that takes N, C, H, W as a file that takes N, H, W, C in float32.

    Args:
        module: The trained module; it is copied to the processor's memory and set to evaluation.
        sample_shape: Shape of the file's input, (1, height, width, channels).
        path: The `.tflite` file to write; replaced only when the new one is complete.
        half_weights: Store the weights in 16 bits. The arithmetic stays float32.
        seed: Seed of the random input with which the file is compared with the module.

    Returns:
        The largest absolute difference between the file's outputs and the module's.
    """
    import litert_torch
    import torch

    class ChannelLastInput(torch.nn.Module):  # type: ignore[misc]  # torch is Any where absent
        """Transposes the input once, so that the module itself stays channel-first."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = module

        def forward(self, image: torch.Tensor) -> Any:
            return self.inner(image.permute(0, 3, 1, 2))

    was_training = module.training
    wrapped = ChannelLastInput().eval()
    generator = torch.Generator().manual_seed(seed)
    sample = torch.rand(tuple(sample_shape), generator=generator) * 2 - 1
    try:
        with torch.no_grad():
            expected = _as_arrays(wrapped(sample))
            edge = litert_torch.convert(wrapped, (sample,))
    finally:
        module.train(was_training)
    _write_whole(path, lambda temporary: edge.export(str(temporary)))
    if half_weights:
        _halve_weights(path)
    return difference(path, sample.numpy(), expected)


def export_int8(float_path: Path, samples: Iterable[Array], path: Path) -> None:
    """Quantise a float file to int8 weights, activations, input and output.

    Args:
        float_path: A file written by `export_float` without half weights.
        samples: Calibration inputs shaped and scaled as the float file takes them, 200 to 500
            real ones: their ranges become the scales of every activation.
        path: The `.tflite` file to write.
    """
    from ai_edge_quantizer import quantizer, recipe

    tool = quantizer.Quantizer(str(float_path), recipe.static_wi8_ai8())
    key, name = _signature(float_path)
    ranges = tool.calibrate({key: [{name: np.asarray(s, np.float32)} for s in samples]})
    quantised = tool.quantize(ranges)
    _write_whole(path, lambda t: quantised.export_model(str(t), overwrite=True))


def export_dynamic_int8(float_path: Path, path: Path) -> None:
    """Quantise the weights of a float file to int8; activations are quantised as each run needs.

    Nothing is calibrated, so faint and blurred inputs keep their eight bits: on those a file of
    `export_int8` loses what this one keeps. Inputs and outputs stay float32.
    """
    from ai_edge_quantizer import quantizer, recipe

    quantised = quantizer.Quantizer(str(float_path), recipe.dynamic_wi8_afp32()).quantize()
    _write_whole(path, lambda t: quantised.export_model(str(t), overwrite=True))


def run_file(path: Path, batch: Iterable[Array], *, threads: int = 1) -> list[list[Array]]:
    """Run a float or int8 file on inputs of shape (1, height, width, channels).

    Returns:
        For each input, the outputs in the file's order, dequantised to float32.
    """
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]
    targets = interpreter.get_output_details()
    results = []
    for image in batch:
        interpreter.set_tensor(source["index"], _quantise(np.asarray(image, np.float32), source))
        interpreter.invoke()
        results.append([_dequantise(interpreter.get_tensor(t["index"]), t) for t in targets])
    return results


def difference(path: Path, sample: Array, expected: Sequence[Array]) -> float:
    """The largest absolute difference between a file's outputs and the expected ones.

    Outputs are paired by shape, because the converter may reorder them.

    Raises:
        ValueError: The file has no output of an expected shape.
    """
    found = run_file(path, [sample])[0]
    worst = 0.0
    for wanted in expected:
        rivals = [f for f in found if f.shape == wanted.shape]
        if not rivals:
            raise ValueError(f"{path.name} has no output of shape {wanted.shape}")
        worst = max(worst, min(float(np.abs(f - wanted).max()) for f in rivals))
    return worst


def shapes(path: Path) -> tuple[list[int], list[list[int]]]:
    """The shape of a file's input and those of its outputs."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    source = [int(n) for n in interpreter.get_input_details()[0]["shape"]]
    return source, [[int(n) for n in t["shape"]] for t in interpreter.get_output_details()]


def _halve_weights(path: Path) -> None:
    from ai_edge_quantizer import qtyping, quantizer, recipe_manager
    from ai_edge_quantizer.algorithm_manager import AlgorithmName

    rules = recipe_manager.RecipeManager()
    rules.add_quantization_config(
        regex=".*",
        operation_name=qtyping.TFLOperationName.ALL_SUPPORTED,
        op_config=qtyping.OpQuantizationConfig(
            weight_tensor_config=qtyping.TensorQuantizationConfig(
                num_bits=16, dtype=qtyping.TensorDataType.FLOAT
            ),
            compute_precision=qtyping.ComputePrecision.FLOAT,
            explicit_dequantize=True,
        ),
        algorithm_key=AlgorithmName.FLOAT_CASTING,
    )
    tool = quantizer.Quantizer(str(path), rules.get_quantization_recipe())
    halved = tool.quantize()
    _write_whole(path, lambda t: halved.export_model(str(t), overwrite=True))


def _signature(path: Path) -> tuple[str, str]:
    """The name of a file's only signature and of that signature's only input."""
    from ai_edge_litert.interpreter import Interpreter

    signatures = Interpreter(model_path=str(path)).get_signature_list()
    ((key, parts),) = signatures.items()
    (name,) = parts["inputs"]
    return key, name


def _quantise(values: Array, details: dict[str, Any]) -> NDArray[Any]:
    kind = details["dtype"]
    if kind == np.float32:
        return values
    scale, zero = details["quantization"]
    limits = np.iinfo(kind)
    return np.clip(np.round(values / scale) + zero, limits.min, limits.max).astype(kind)


def _dequantise(values: NDArray[Any], details: dict[str, Any]) -> Array:
    if details["dtype"] == np.float32:
        return values
    scale, zero = details["quantization"]
    result: Array = (values.astype(np.float32) - np.float32(zero)) * np.float32(scale)
    return result


def _as_arrays(outputs: Any) -> list[Array]:
    return [o.numpy() for o in (outputs if isinstance(outputs, tuple | list) else (outputs,))]


def _write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the target and rename: a killed export never leaves half a model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        temporary = Path(folder) / path.name
        write(temporary)
        temporary.replace(path)
