#!/usr/bin/python3
"""Writes test/goldens/torch.json: what PyTorch (in float64) makes of cases that no public suite has.

    python3 scripts/torch_goldens.py && npx biome format --write test/goldens
                                          # needs torch (the committed file: 1.13) and nothing else

Layers: batch-major, with lengths per sequence (not sorted), initial states and the gradient of everything, where
loss = sum(output * up.output) + sum(h_n * up.h_n) + sum(c_n * up.c_n). Training: layer, Linear on the last step, mean
squared error, Adam, with and without clipping. Every number that goes in is one that float32 holds exactly.
"""
import json
import os

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)


def exact(*shape, scale=1.0):
    """Uniform in [-scale, scale], in multiples of 1/128: held exactly by float32 and short in decimal."""
    return torch.round((torch.rand(*shape) * 2 - 1) * scale * 128) / 128


def plain(t):
    """Nine significant digits, row-major, as one string: a formatter would put every number on a line of its own."""
    return {"shape": list(t.shape), "data": " ".join("%.9g" % v for v in t.detach().flatten().tolist())}


def make(kind, inputs, hidden, **options):
    net = getattr(torch.nn, kind)(inputs, hidden, batch_first=True, **options)
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(exact(*p.shape, scale=0.6))
    return net


def layer_case(name, kind, lengths, steps, inputs=3, hidden=4, initial=True, **options):
    net = make(kind, inputs, hidden, **options)
    batch = len(lengths)
    x = exact(batch, steps, inputs).requires_grad_()
    rows = net.num_layers * (2 if net.bidirectional else 1)
    names = ["h", "c"] if kind == "LSTM" else ["h"]
    state = {k: exact(rows, batch, hidden).requires_grad_() for k in names} if initial else {}
    given = None if not initial else (state["h"], state["c"]) if kind == "LSTM" else state["h"]
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, last = net(packed, given)
    output, _ = pad_packed_sequence(out, batch_first=True, total_length=steps)
    last = dict(zip(names, last if kind == "LSTM" else (last,)))
    up = {"output": exact(*output.shape), **{k: exact(*last[k].shape) for k in names}}
    loss = (output * up["output"]).sum() + sum((last[k] * up[k]).sum() for k in names)
    loss.backward()
    return {
        "name": name,
        "layer": kind,
        "sizes": [inputs, hidden],
        "options": {
            "numLayers": net.num_layers,
            "bidirectional": net.bidirectional,
            "bias": net.bias,
            **({"nonlinearity": net.nonlinearity} if kind == "RNN" else {}),
        },
        "lengths": lengths,
        "parameters": {k: plain(p) for k, p in net.named_parameters()},
        "input": plain(x),
        "initial": {k: plain(s) for k, s in state.items()},
        "upstream": {k: plain(u) for k, u in up.items()},
        "output": plain(output),
        "state": {k: plain(s) for k, s in last.items()},
        "gradients": {
            "input": plain(x.grad),
            **{"initial." + k: plain(s.grad) for k, s in state.items()},
            **{k: plain(p.grad) for k, p in net.named_parameters()},
        },
    }


def training_case(name, kind, clip_norm=None, clip_value=None, steps=10, **options):
    inputs, hidden, batch, time = 2, 4, 3, 6
    net = make(kind, inputs, hidden, num_layers=2, **options)
    head = torch.nn.Linear(hidden, 1)
    with torch.no_grad():
        for p in head.parameters():
            p.copy_(exact(*p.shape, scale=0.6))
    x, y = exact(batch, time, inputs), exact(batch, 1)
    everything = {**dict(net.named_parameters()), **{"head." + k: p for k, p in head.named_parameters()}}
    start = {k: plain(p) for k, p in everything.items()}
    adam = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8}
    optimizer = torch.optim.Adam(everything.values(), **adam)
    losses, norms = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(head(net(x)[0][:, -1]), y)
        loss.backward()
        if clip_norm is not None:
            norms.append(float(clip_grad_norm_(everything.values(), clip_norm)))
        if clip_value is not None:
            clip_grad_value_(everything.values(), clip_value)
        optimizer.step()
        losses.append(float(loss))
    return {
        "name": name,
        "layer": kind,
        "sizes": [inputs, hidden],
        "options": {"numLayers": 2},
        "adam": {
            "learningRate": adam["lr"],
            "beta1": adam["betas"][0],
            "beta2": adam["betas"][1],
            "epsilon": adam["eps"],
            **({} if clip_norm is None else {"clipNorm": clip_norm}),
            **({} if clip_value is None else {"clipValue": clip_value}),
        },
        "input": plain(x),
        "target": plain(y),
        "start": start,
        "losses": [float("%.9g" % v) for v in losses],
        "norms": [float("%.9g" % v) for v in norms],
        "end": {k: plain(p) for k, p in everything.items()},
    }


def main():
    torch.manual_seed(2024)
    layers = []
    for kind in ["LSTM", "GRU", "RNN"]:
        layers += [
            layer_case(kind + ", 2 layers, lengths unsorted", kind, [2, 5, 1, 4], 5, num_layers=2),
            layer_case(kind + ", 2 layers, lengths sorted, all shorter than the input", kind, [4, 3, 3], 6, 5, 3, num_layers=2),
            layer_case(kind + ", 2 layers, both directions, lengths unsorted", kind, [3, 1, 4], 4, 3, 3, num_layers=2, bidirectional=True),
            layer_case(kind + ", no bias, no initial state", kind, [1, 3], 4, 2, 5, initial=False, bias=False),
        ]
    layers.append(layer_case("RNN relu, 2 layers, lengths unsorted", "RNN", [2, 5, 1, 4], 5, num_layers=2, nonlinearity="relu"))
    training = [
        training_case("LSTM, Adam", "LSTM"),
        training_case("GRU, Adam, clipped by norm", "GRU", clip_norm=0.15),
        training_case("RNN, Adam, clipped by value", "RNN", clip_value=0.05),
    ]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "goldens", "torch.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump({"torch": torch.__version__, "layers": layers, "training": training}, f, indent=1)
        f.write("\n")
    print(path, os.path.getsize(path), "bytes")


main()
