"""The language model of test/slow/shakespeare.slow.ts in PyTorch: nats on the held-out tenth and seconds an epoch.

python3 scripts/torch_language_model.py TEXT [EPOCHS]
"""

import sys
import time

import torch
from torch import nn

BATCH, UNROLL, EMBEDDING, HIDDEN = 32, 64, 64, 256

torch.set_num_threads(1)
torch.manual_seed(1)
text = open(sys.argv[1], encoding="utf8").read()
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
numbers = {character: number for number, character in enumerate(sorted(set(text)))}
tokens = torch.tensor([numbers[character] for character in text])
learned = int(len(tokens) * 0.9)

embedding = nn.Embedding(len(numbers), EMBEDDING)
lstm = nn.LSTM(EMBEDDING, HIDDEN)
output = nn.Linear(HIDDEN, len(numbers))
parameters = [p for module in (embedding, lstm, output) for p in module.parameters()]
optimizer = torch.optim.Adam(parameters, lr=4e-3)


def batches(part):
    """Chunks [time, batch] of inputs and targets, each going on where the one before ended."""
    length = (len(part) - 1) // BATCH
    rows = [part[start : start + BATCH * length].view(BATCH, length).t() for start in (0, 1)]
    for start in range(0, length, UNROLL):
        yield [r[start : start + UNROLL] for r in rows]


def losses(part):
    """The mean loss of each chunk with its number of tokens, the state carried on."""
    state = None
    for x, y in batches(part):
        hidden, state = lstm(embedding(x), state)
        state = tuple(s.detach() for s in state)
        logits = output(hidden).reshape(-1, len(numbers))
        yield nn.functional.cross_entropy(logits, y.reshape(-1)), y.numel()


for epoch in range(1, epochs + 1):
    start = time.perf_counter()
    for loss, _ in losses(tokens[:learned]):
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5)
        optimizer.step()
    with torch.no_grad():
        scores = [(loss.item(), count) for loss, count in losses(tokens[learned:])]
    held = sum(loss * n for loss, n in scores) / sum(n for _, n in scores)
    print(f"epoch {epoch}: held out {held:.4f} nats, {time.perf_counter() - start:.1f} s", flush=True)
    if epoch >= 2:
        for group in optimizer.param_groups:
            group["lr"] /= 2
