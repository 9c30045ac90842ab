#!/usr/bin/python3
"""Random configurations of torch.nn's RNN, LSTM and GRU, what they compute and all gradients, one JSON object a line.

    python3 scripts/torch_configurations.py COUNT SEED      # needs torch and nothing else

1 to 3 layers, one or both directions, lengths in any order, biases or none, projections, both layouts, batched or one
sequence, initial states or none, sizes from 1 to 40; computed in float64 from numbers that float32 holds exactly. The
loss is the sum of every result times its upstream gradient. Tensors are {shape, data}, data float32 in base64.
"""
import base64
import json
import random
import sys

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)


def exact(*shape, scale=1.0):
    return ((torch.rand(*shape) * 2 - 1) * scale).float().double()


def packed(t):
    data = t.detach().float().contiguous().numpy().tobytes()
    return {"shape": list(t.shape), "data": base64.b64encode(data).decode()}


def configuration(pick):
    kind = pick.choice(["RNN", "LSTM", "GRU"])
    size = lambda: pick.choice([1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 20, 31, 32, 40])
    hidden = size()
    options = {
        "num_layers": pick.randint(1, 3),
        "bidirectional": pick.random() < 0.5,
        "bias": pick.random() < 0.8,
        "batch_first": pick.random() < 0.5,
    }
    if kind == "RNN":
        options["nonlinearity"] = pick.choice(["tanh", "relu"])
    if kind == "LSTM" and hidden > 1 and pick.random() < 0.4:
        options["proj_size"] = pick.randint(1, hidden - 1)
    batched = pick.random() < 0.85
    batch = pick.randint(1, 8) if batched else 1
    steps = pick.randint(1, 10)
    lengths = [pick.randint(1, steps) for _ in range(batch)] if batched and pick.random() < 0.6 else None
    return kind, size(), hidden, options, batched, batch, steps, lengths, pick.random() < 0.5


def run(kind, inputs, hidden, options, batched, batch, steps, lengths, given):
    net = getattr(torch.nn, kind)(inputs, hidden, **options)
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(exact(*p.shape, scale=1.2 / hidden**0.5))
    first = options["batch_first"]
    shape = ([batch, steps] if first else [steps, batch]) if batched else [steps]
    x = exact(*shape, inputs).requires_grad_()
    count = options["num_layers"] * (2 if options["bidirectional"] else 1)
    state_shape = lambda size: ([count, batch, size] if batched else [count, size])
    out_size = options.get("proj_size", hidden)
    leaves = {"x": x}
    if given:
        leaves["h"] = exact(*state_shape(out_size)).requires_grad_()
        if kind == "LSTM":
            leaves["c"] = exact(*state_shape(hidden)).requires_grad_()
    state = None if not given else (leaves["h"], leaves["c"]) if kind == "LSTM" else leaves["h"]
    if lengths:
        rows = pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
        y, last = net(rows, state)
        y, _ = pad_packed_sequence(y, batch_first=first, total_length=steps)
    else:
        y, last = net(x, state)
    results = {"output": y}
    results["h"], c = last if kind == "LSTM" else (last, None)
    if c is not None:
        results["c"] = c
    up = {name: exact(*t.shape) for name, t in results.items()}
    sum((t * up[name]).sum() for name, t in results.items()).backward()
    leaves.update(net.named_parameters())
    return {
        "kind": kind,
        "input_size": inputs,
        "hidden_size": hidden,
        "options": options,
        "lengths": lengths,
        "leaves": {name: packed(t) for name, t in leaves.items()},
        "upstream": {name: packed(t) for name, t in up.items()},
        "results": {name: packed(t) for name, t in results.items()},
        "gradients": {name: packed(t.grad) for name, t in leaves.items()},
    }


count, seed = int(sys.argv[1]), int(sys.argv[2])
torch.manual_seed(seed)
pick = random.Random(seed)
for _ in range(count):
    print(json.dumps(run(*configuration(pick))))
