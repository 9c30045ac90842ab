#!/usr/bin/python3
"""Writes test/goldens/losses.json: PyTorch's losses in float64, each reduction, with the gradients of all that has one.

    python3 scripts/torch_losses.py && npx biome format --write test/goldens
                                          # needs torch (the committed file: 1.13) and nothing else

A case: `loss` of `inputs`, whose sum weighted by `upstream` is what the gradients are of. Every number that goes in is one
that float32 holds exactly. Classes are in dimension 1 wherever there are any.
"""
import json
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

REDUCTIONS = ["mean", "sum", "none"]


def uniform(*shape, low=-2.0, high=2.0):
    """In multiples of 1/128: held exactly by float32 and short in decimal."""
    return torch.round((low + torch.rand(shape) * (high - low)) * 128) / 128


def plain(t):
    """Nine significant digits, row-major, as one string: a formatter would put every number on a line of its own."""
    return {"shape": list(t.shape), "data": " ".join("%.9g" % v for v in t.detach().flatten().tolist())}


def case(name, loss, compute, inputs, differentiable, reduction, options=None, constants=None):
    for key in differentiable:
        inputs[key].requires_grad_()
        inputs[key].grad = None
    y = compute(reduction=reduction, **inputs)
    up = uniform(*y.shape)
    (y * up).sum().backward()
    return {
        "name": "%s, %s" % (name, reduction),
        "loss": loss,
        "reduction": reduction,
        "options": options or {},
        "inputs": {k: plain(v) for k, v in {**inputs, **(constants or {})}.items()},
        "upstream": plain(up),
        "output": plain(y),
        "gradients": {k: plain(inputs[k].grad) for k in differentiable},
    }


def element_cases():
    shape = (3, 5)
    signed = lambda: {"prediction": uniform(*shape), "target": uniform(*shape)}
    logits = lambda: {"prediction": uniform(*shape, low=-8, high=8), "target": uniform(*shape, low=0, high=1)}
    shares = lambda: {"prediction": uniform(*shape, low=0.03, high=0.97), "target": uniform(*shape, low=0, high=1)}
    both = ["prediction", "target"]
    kinds = [
        ("mse", "mse", lambda prediction, target, reduction: F.mse_loss(prediction, target, reduction=reduction), signed, both, {}),
        ("mae", "mae", lambda prediction, target, reduction: F.l1_loss(prediction, target, reduction=reduction), signed, both, {}),
        ("huber", "huber", lambda prediction, target, reduction: F.huber_loss(prediction, target, reduction=reduction), signed, both, {}),
        ("huber with delta 0.5", "huber", lambda prediction, target, reduction: F.huber_loss(prediction, target, reduction=reduction, delta=0.5), signed, both, {"delta": 0.5}),
        ("binary_cross_entropy", "binaryCrossEntropy", lambda prediction, target, reduction: F.binary_cross_entropy(prediction, target, reduction=reduction), shares, ["prediction"], {}),
        ("binary_cross_entropy_with_logits", "binaryCrossEntropy", lambda prediction, target, reduction: F.binary_cross_entropy_with_logits(prediction, target, reduction=reduction), logits, both, {"fromLogits": True}),
    ]
    for name, loss, compute, make, differentiable, options in kinds:
        for reduction in REDUCTIONS:
            yield case(name, loss, compute, make(), differentiable, reduction, options)


def class_cases():
    settings = [
        ("classes", (4, 5), {}, False),
        ("classes, weights", (4, 5), {}, True),
        ("classes, ignored", (4, 5), {"ignoreIndex": -100}, False),
        ("classes, weights, ignored in range", (4, 5), {"ignoreIndex": 2}, True),
        ("classes, smoothed", (4, 5), {"labelSmoothing": 0.125}, False),
        ("classes, weights, ignored, smoothed", (4, 5), {"ignoreIndex": -1, "labelSmoothing": 0.25}, True),
        ("classes in three dimensions, weights, ignored", (2, 3, 4), {"ignoreIndex": -100}, True),
    ]
    for name, shape, options, weighted in settings:
        for reduction in REDUCTIONS:
            count = shape[1]
            weight = uniform(count, low=0.25, high=2) if weighted else None
            ignored = options.get("ignoreIndex", -100)
            classes = torch.randint(0, count, shape[:1] + shape[2:])
            if "ignoreIndex" in options:
                classes.view(-1)[1] = ignored
            smoothing = options.get("labelSmoothing", 0.0)
            compute = lambda logits, reduction: F.cross_entropy(logits, classes, weight, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing)
            constants = {"classes": classes, **({"weight": weight} if weighted else {})}
            yield case("cross_entropy of " + name, "crossEntropy", compute, {"logits": uniform(*shape)}, ["logits"], reduction, options, constants)


def probability_cases():
    for name, shape, options, weighted in [
        ("probabilities", (3, 4), {}, False),
        ("probabilities in three dimensions, weights, smoothed", (2, 3, 4), {"labelSmoothing": 0.25}, True),
    ]:
        for reduction in REDUCTIONS:
            weight = uniform(shape[1], low=0.25, high=2) if weighted else None
            smoothing = options.get("labelSmoothing", 0.0)
            compute = lambda logits, target, reduction: F.cross_entropy(logits, target, weight, reduction=reduction, label_smoothing=smoothing)
            inputs = {"logits": uniform(*shape), "target": uniform(*shape, low=0, high=1)}
            constants = {"weight": weight} if weighted else {}
            yield case("cross_entropy of " + name, "crossEntropy", compute, inputs, ["logits", "target"], reduction, options, constants)


def main():
    torch.manual_seed(2025)
    cases = [*element_cases(), *class_cases(), *probability_cases()]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "goldens", "losses.json")
    with open(path, "w") as f:
        json.dump({"torch": torch.__version__, "cases": cases}, f, indent=1)
        f.write("\n")
    print(path, os.path.getsize(path), "bytes,", len(cases), "cases")


main()
