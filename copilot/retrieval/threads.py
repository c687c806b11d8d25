"""Pools whose threads each use a fixed number of torch threads.

Two torch threads on two busy cores wait for each other: the 99th percentile of a query was 492 ms
against 26 ms with one. torch keeps the number for each calling thread, so that queries can have
one thread each while passages have as many as torch likes.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor


def torch_pool(workers: int, torch_threads: int, name: str) -> ThreadPoolExecutor:
    """`workers` threads, each of which computes with `torch_threads`; all are started here."""
    import torch

    def settle() -> None:
        torch.get_num_threads()  # a thread's first call takes over the number of the process
        torch.set_num_threads(torch_threads)

    usual = torch.get_num_threads()
    pool = ThreadPoolExecutor(workers, name, settle)
    for future in [pool.submit(time.sleep, 0.02) for _ in range(workers)]:
        future.result()
    torch.set_num_threads(usual)  # for threads that are still to come
    return pool
