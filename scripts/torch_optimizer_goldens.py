#!/usr/bin/python3
"""Writes test/goldens/optimizers.json: ten steps of each optimizer and learning rates by step, by PyTorch in float64.

    python3 scripts/torch_optimizer_goldens.py && npx biome format --write test/goldens
                                          # needs torch (the committed file: 1.13) and nothing else

Every trajectory begins with the same values and follows the same gradients, which float32 holds exactly. A case has our
options beside its numbers: values by parameter after each of the steps listed.
"""
import json
import os

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop, lr_scheduler

torch.set_default_dtype(torch.float64)

SHAPES = {"weight": (4, 4), "bias": (3,), "gain": (9,)}
STEPS = 10
KEPT = [1, 2, STEPS]

OURS = {
    "lr": "learningRate",
    "lr_decay": "learningRateDecay",
    "initial_accumulator_value": "initialAccumulator",
    "eps": "epsilon",
    "weight_decay": "weightDecay",
}


def exact(*shape):
    """Uniform in [-1, 1], in multiples of 1/128: held exactly by float32 and short in decimal."""
    return torch.round((torch.rand(*shape) * 2 - 1) * 128) / 128


def plain(t):
    return " ".join("%.9g" % v for v in t.detach().flatten().tolist())


def ours(options):
    """torch's names of options as ours."""
    renamed = {}
    for name, value in options.items():
        if name == "betas":
            renamed["beta1"], renamed["beta2"] = value
        else:
            renamed[OURS.get(name, name)] = value
    return renamed


def trajectory(name, kind, start, gradients, groups=(), frozen=(), clip_norm=None, clip_value=None, **options):
    """`groups`: pairs of parameter names and options; the other parameters have those of the optimizer."""
    values = {k: v.clone().requires_grad_() for k, v in start.items()}
    grouped = {k for names, _ in groups for k in names}
    parts = [{"params": [values[k] for k in names], **own} for names, own in groups]
    rest = [v for k, v in values.items() if k not in grouped]
    optimizer = kind(parts + ([{"params": rest}] if rest else []), **options)
    kept = {}
    for step in range(1, STEPS + 1):
        for k, v in values.items():
            v.grad = None if k in frozen else gradients[step - 1][k].clone()
        if clip_value is not None:
            clip_grad_value_(values.values(), clip_value)
        if clip_norm is not None:
            clip_grad_norm_(values.values(), clip_norm)
        optimizer.step()
        if step in KEPT:
            kept[step] = {k: plain(v) for k, v in values.items()}
    clipping = {"clipNorm": clip_norm, "clipValue": clip_value}
    return {
        "name": name,
        "optimizer": kind.__name__,
        "options": {**ours(options), **{k: v for k, v in clipping.items() if v is not None}},
        "groups": [{"parameters": names, **ours(own)} for names, own in groups]
        + ([{"parameters": list(frozen), "frozen": True}] if frozen else []),
        "values": kept,
    }


def trajectories(start, gradients):
    cases = []

    def add(name, kind, **options):
        cases.append(trajectory(name, kind, start, gradients, **options))

    add("SGD", SGD, lr=0.1)
    add("SGD, weight decay", SGD, lr=0.1, weight_decay=0.3)
    add("SGD, momentum, weight decay", SGD, lr=0.1, momentum=0.9, weight_decay=0.3)
    add("SGD, momentum, dampening", SGD, lr=0.1, momentum=0.8, dampening=0.4)
    add("SGD, Nesterov, weight decay", SGD, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.3)
    add("SGD, dampening without momentum", SGD, lr=0.1, dampening=0.4)
    add("Adagrad, defaults", Adagrad)
    add("Adagrad", Adagrad, lr=0.1, lr_decay=0.2, initial_accumulator_value=0.3, weight_decay=0.3, eps=1e-2)
    add("RMSprop, defaults", RMSprop)
    add("RMSprop, weight decay", RMSprop, lr=0.05, alpha=0.8, eps=1e-2, weight_decay=0.3)
    add("RMSprop, centered", RMSprop, lr=0.05, alpha=0.9, eps=1e-2, centered=True)
    add("RMSprop, momentum", RMSprop, lr=0.02, alpha=0.9, momentum=0.7)
    add("RMSprop, centered, momentum", RMSprop, lr=0.02, alpha=0.9, eps=1e-2, centered=True, momentum=0.7)
    add("Adam, defaults", Adam)
    add("Adam, weight decay", Adam, lr=0.1, betas=(0.8, 0.95), eps=1e-2, weight_decay=0.3)
    add("Adam, AMSGrad", Adam, lr=0.1, betas=(0.8, 0.7), amsgrad=True)
    add("AdamW, defaults", AdamW)
    add("AdamW", AdamW, lr=0.1, betas=(0.8, 0.95), weight_decay=0.3)
    add("AdamW, AMSGrad", AdamW, lr=0.1, betas=(0.8, 0.7), amsgrad=True, weight_decay=0.3)
    add("Adam, clipped by value, then by norm, weight decay", Adam, lr=0.1, eps=1e-1, weight_decay=0.3, clip_value=0.5, clip_norm=1.0)
    add("SGD, groups", SGD, lr=0.1, momentum=0.9,
        groups=[(["bias"], {"lr": 0.02, "momentum": 0, "weight_decay": 0}), (["gain"], {"dampening": 0.5})], weight_decay=0.3)
    add("AdamW, groups of neighbours", AdamW, lr=0.1,
        groups=[(["weight"], {"weight_decay": 0.5}), (["bias"], {"betas": (0.5, 0.6), "weight_decay": 0})])
    add("RMSprop, groups", RMSprop, lr=0.05, eps=1e-2,
        groups=[(["weight", "gain"], {"centered": True, "alpha": 0.5}), (["bias"], {"momentum": 0.5})])
    add("SGD, frozen, clipped by norm", SGD, lr=0.1, momentum=0.5, frozen=["bias"], clip_norm=1.0)
    return cases


def rates(name, arguments, make, initial=0.4, steps=12):
    """Learning rates of `steps` steps, with a scheduler's step after each of the optimizer's."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=initial)
    scheduler = make(optimizer)
    found = []
    for _ in range(steps):
        found.append(float("%.12g" % optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return {"name": name, "arguments": [initial, arguments], "rates": found}


def schedules():
    return [
        rates("stepDecay", {"every": 3, "factor": 0.5}, lambda o: lr_scheduler.StepLR(o, 3, 0.5)),
        rates("stepDecay", {"every": 5}, lambda o: lr_scheduler.StepLR(o, 5)),
        rates("exponentialDecay", {"factor": 0.9}, lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
        rates("cosineDecay", {"decaySteps": 11, "final": 0.1}, lambda o: lr_scheduler.CosineAnnealingLR(o, 11, 0.1)),
        rates("polynomialDecay", {"decaySteps": 9}, lambda o: lr_scheduler.PolynomialLR(o, 9)),
        rates("polynomialDecay", {"decaySteps": 9, "power": 2.5}, lambda o: lr_scheduler.PolynomialLR(o, 9, 2.5)),
        rates("warmUp", {"steps": 5, "from": 0.1}, lambda o: lr_scheduler.LinearLR(o, 0.25, 1, 5)),
    ]


def main():
    torch.manual_seed(2025)
    start = {k: exact(*shape) for k, shape in SHAPES.items()}
    gradients = [{k: exact(*shape) for k, shape in SHAPES.items()} for _ in range(STEPS)]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "goldens", "optimizers.json")
    found = {
        "torch": torch.__version__,
        "shapes": SHAPES,
        "start": {k: plain(v) for k, v in start.items()},
        "gradients": [{k: plain(v) for k, v in step.items()} for step in gradients],
        "trajectories": trajectories(start, gradients),
        "schedules": schedules(),
    }
    with open(path, "w") as f:
        json.dump(found, f, indent=1)
        f.write("\n")
    print(path, os.path.getsize(path), "bytes")


main()
