"""Products of PyTorch for half-products.ts: reads how many to take, a line each, and answers with the seconds of the fastest."""

import json
import sys
import time

import torch

rows, inner, columns = 1576, 384, 1536
kind = sys.argv[1]
torch.set_num_threads(1)
index = lambda n, m, k: ((torch.arange(n * m) * k) % 1001).reshape(n, m) / 500 - 1
x, w = index(rows, inner, 97), index(columns, inner, 31)
exact = x.double() @ w.double().t()
dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[kind]
a, b = x.to(dtype), w.to(dtype)


@torch.no_grad()
def product():
    return a @ b.t()


product()
error = ((product().double() - exact).abs().max() / exact.abs().max()).item()
print(json.dumps({"name": f"PyTorch {torch.__version__}, {kind}", "error": error}), flush=True)
for line in sys.stdin:
    best = float("inf")
    for _ in range(int(line)):
        start = time.perf_counter()
        product()
        best = min(best, time.perf_counter() - start)
    print(best, flush=True)
