"""Runs lines of Python on stdin (JSON: [{at, code: [...]}]) with PyTorch, each cell after the same beginning. What is False fails."""
import json
import sys

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.nn.utils.rnn import pack_padded_sequence as pack
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import StepLR


def beginning(cell):
    lstm, head = nn.LSTM(3, 5, batch_first=True), nn.Linear(5, 1)
    parameters = [*lstm.parameters(), *head.parameters()]
    state = torch.zeros(4, 5) if "LSTMCell" in cell else torch.zeros(1, 4, 5)
    for p in parameters:
        p.grad = torch.ones_like(p)
    return {
        **globals(),
        "x": torch.randn(4, 7, 3), "y": torch.randn(4, 7, 1), "lengths": [7, 2, 5, 1],
        "lstm": lstm, "head": head, "model": lstm, "p": parameters, "opt": Adam(parameters),
        "h": state, "c": state, "logits": torch.randn(4, 9), "labels": torch.tensor([8, 0, 3, 1]),
        "pack_padded_sequence": lambda x, n: pack(x, n, batch_first=True, enforce_sorted=False),
    }


for cell in json.load(sys.stdin):
    names = beginning(" ".join(cell["code"]))
    for code in cell["code"]:
        try:
            try:
                right = eval(code, names) is not False
            except SyntaxError:
                exec(code, names)
                right = True
        except Exception as error:
            sys.exit(f"{cell['at']}: {code}: {error!r}")
        if not right:
            sys.exit(f"{cell['at']}: {code}: is not so")
