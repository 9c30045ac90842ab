"""PyTorch beside ours: reads one JSON request a line, answers with one JSON line. Arrays travel as base64 of float32.

{"do": "create", "case": ..., "data": ...} -> {"id": n} or {"reason": ...}
{"do": "result", "id": n} -> {"results": {name: base64}}      computed with a model of its own
{"do": "sample", "id": n, "ms": 60, "least": 3} -> {"ns": [...]}
{"do": "dispose", "id": n} -> {}

One thread. Layers and inputs in torch's own layout, [time, batch, .]; inference under inference_mode; nothing is copied
out. No torch.compile (2.x) and no scripting: the layers are one call each already.
"""
import base64
import json
import sys
import time

import torch

torch.set_num_threads(1)
LAYERS = {"RNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}


def read(values):
    flat = torch.frombuffer(bytearray(base64.b64decode(values["data"])), dtype=torch.float32)
    return flat.reshape(values["shape"])


def write(x):
    return base64.b64encode(x.detach().contiguous().numpy().tobytes()).decode()


def build(case, data):
    net = case["network"]
    layer = LAYERS[net["cell"]](net["i"], net["h"], net["layers"])
    head = torch.nn.Linear(net["h"], net["head"]["size"]) if "head" in net else None
    with torch.no_grad():
        for name, values in data["weights"].items():
            owner = head if name.startswith("head.") else layer
            getattr(owner, name.replace("head.", "")).copy_(read(values))
    x = read(data["x"]).transpose(0, 1).contiguous()
    target = read(data["target"]).transpose(0, 1).contiguous()
    return layer, head, x, target


def forward_step(case, data):
    layer, _, x, _ = build(case, data)
    lengths = case.get("lengths")

    def run():
        with torch.inference_mode():
            if not lengths:
                return layer(x)[0]
            packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
            output, _ = torch.nn.utils.rnn.pad_packed_sequence(layer(packed)[0], total_length=len(x))
            return output

    return run, lambda: {"output": write(run().transpose(0, 1))}


def backward_step(case, data):
    layer, _, x, _ = build(case, data)

    def run():
        layer.zero_grad(set_to_none=True)
        loss = layer(x)[0].sum()
        loss.backward()
        return loss.item()

    def result():
        loss = torch.tensor([run()])
        return {"loss": write(loss), **{n: write(p.grad) for n, p in layer.named_parameters()}}

    return run, result


def adam_step(case, data):
    net = case["network"]
    classes = torch.tensor(data["classes"])

    def create():
        layer, head, x, target = build(case, data)
        parameters = [*layer.parameters(), *(head.parameters() if head else [])]
        optimizer = torch.optim.Adam(parameters, lr=case["learningRate"])

        def run():
            optimizer.zero_grad(set_to_none=True)
            y = layer(x)[0]
            if head:
                y = head(y[-1] if net["head"]["on"] == "last step" else y)
            mse = case["loss"] == "mse"
            loss = torch.nn.functional.mse_loss(y, target) if mse else torch.nn.functional.cross_entropy(y, classes)
            loss.backward()
            optimizer.step()
            return loss.item()

        return run

    def result():
        run = create()
        return {"losses": write(torch.tensor([run() for _ in range(data["steps"])]))}

    return create(), result


def stream_step(case, data):
    """LSTMCell, the way to go step by step in torch."""
    layer, head, x, _ = build(case, data)
    cell = torch.nn.LSTMCell(case["network"]["i"], case["network"]["h"])
    with torch.no_grad():
        for name, p in cell.named_parameters():
            p.copy_(getattr(layer, f"{name}_l0"))
    frames = list(x)

    def create():
        state, next = None, 0

        def run():
            nonlocal state, next
            with torch.inference_mode():
                state = cell(frames[next], state)
                next = (next + 1) % len(frames)
                return head(state[0])

        return run

    def result():
        run = create()
        return {"outputs": write(torch.cat([run().flatten() for _ in range(data["frames"])]))}

    return create(), result


def product_step(case, data):
    a, b = read(data["a"]), read(data["b"])

    def run():
        with torch.inference_mode():
            return a @ b

    return run, lambda: {"output": write(run())}


STEPS = {
    "forward": forward_step,
    "backward": backward_step,
    "adam": adam_step,
    "stream": stream_step,
    "product": product_step,
}


def sample(run, ms, least):
    ns, spent = [], 0
    while len(ns) < least or spent < ms * 1e6:
        start = time.perf_counter_ns()
        run()
        ns.append(time.perf_counter_ns() - start)
        spent += ns[-1]
    return ns


def blas():
    """What multiplies matrices. Debian's torch takes the system's libblas.so.3, the slow reference one unless OpenBLAS is installed."""
    if torch.backends.mkl.is_available():
        return "MKL"
    try:
        with open("/proc/self/maps", encoding="utf8") as maps:
            return "OpenBLAS" if "openblas" in maps.read() else "reference BLAS (slow: install libopenblas0)"
    except OSError:
        return "unknown BLAS"


def main():
    print(json.dumps({"version": torch.__version__, "blas": blas()}), flush=True)
    steps, count = {}, 0
    for line in sys.stdin:
        request = json.loads(line)
        do = request["do"]
        if do == "create":
            count += 1
            steps[count] = STEPS[request["case"]["task"]](request["case"], request["data"])
            answer = {"id": count}
        elif do == "result":
            answer = {"results": steps[request["id"]][1]()}
        elif do == "sample":
            answer = {"ns": sample(steps[request["id"]][0], request["ms"], request["least"])}
        else:
            del steps[request["id"]]
            answer = {}
        print(json.dumps(answer), flush=True)


main()
