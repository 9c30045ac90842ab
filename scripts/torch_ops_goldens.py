#!/usr/bin/python3
"""Writes test/goldens/torch-ops.json: what PyTorch (in float64) makes of activations, LayerNorm, Embedding and batched products.

    python3 scripts/torch_ops_goldens.py && npx biome format --write test/goldens
                                          # needs torch (the committed file: 1.13) and nothing else

Each case has its inputs, its output, and the gradients of sum(output * upstream). Every number that goes in is one that
float32 holds exactly.
"""
import json
import os

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def exact(*shape, scale=1.0):
    """Uniform in [-scale, scale], in multiples of 1/128: held exactly by float32 and short in decimal."""
    return torch.round((torch.rand(*shape) * 2 - 1) * scale * 128) / 128


def plain(t):
    """Nine significant digits, row-major, as one string: a formatter would put every number on a line of its own."""
    return {"shape": list(t.shape), "data": " ".join("%.9g" % v for v in t.detach().flatten().tolist())}


def case(name, function, inputs, **more):
    """The function of inputs in order, and the gradient of each of them."""
    leaves = {k: v.clone().requires_grad_() for k, v in inputs.items()}
    y = function(*leaves.values())
    up = exact(*y.shape)
    (y * up).sum().backward()
    return {
        "name": name,
        **more,
        "inputs": {k: plain(v) for k, v in leaves.items()},
        "upstream": plain(up),
        "output": plain(y),
        "gradients": {k: plain(v.grad) for k, v in leaves.items()},
    }


def layer_norm(name, *shape, scale=3.0, epsilon=1e-5, names=("weight", "bias")):
    n = shape[-1]
    inputs = {"x": exact(*shape, scale=scale) + 2, **{k: exact(n) for k in names}}

    def run(x, weight=None, bias=None):
        return F.layer_norm(x, [n], weight, bias, epsilon)

    return case(name, run, inputs, epsilon=epsilon)


def embedding(name, indices, padding):
    def run(weight):
        return F.embedding(torch.tensor(indices), weight, padding_idx=padding)

    return case(name, run, {"weight": exact(6, 3)}, indices=indices, paddingIndex=padding)


ACTIVATIONS = {
    "elu": F.elu,
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "hardSigmoid": F.hardsigmoid,
    "leakyRelu": F.leaky_relu,
    "mish": F.mish,
    "relu6": F.relu6,
    "selu": F.selu,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "swish": F.silu,
    "thresholdedRelu": lambda x: F.threshold(x, 1, 0),
}


def main():
    torch.manual_seed(7)
    x = exact(17, scale=8.0)
    goldens = {
        "torch": torch.__version__,
        "activations": [case(name, f, {"x": x}) for name, f in ACTIVATIONS.items()],
        "layerNorms": [
            layer_norm("rows of 5", 3, 5),
            layer_norm("rows of 17 in a batch of sequences", 2, 3, 17),
            layer_norm("no bias, a large epsilon", 4, 8, epsilon=0.25, names=("weight",)),
            layer_norm("neither weight nor bias", 2, 9, names=()),
            layer_norm("one feature", 3, 1),
        ],
        "embeddings": [
            embedding("rows, one twice", [4, 0, 4, 1], None),
            embedding("padding in a batch", [[5, 2, 2], [3, 2, 5]], 2),
        ],
        "products": [
            case("%s by %s" % (a, b), torch.matmul, {"a": exact(*a), "b": exact(*b)})
            for a, b in [([2, 3, 4], [2, 4, 5]), ([3, 1, 2, 5], [2, 5, 3]), ([1, 4, 3], [2, 1, 3, 2]), ([3, 4], [2, 4, 1])]
        ],
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "goldens", "torch-ops.json")
    with open(path, "w") as f:
        json.dump(goldens, f, indent=1)
        f.write("\n")
    print(path, os.path.getsize(path), "bytes")


main()
