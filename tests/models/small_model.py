"""`python small_model.py FILE`: serves a model on a free port of the loopback, says at which URL,
and ends when its standard input does.
"""

from __future__ import annotations

import socket
import sys


def main() -> None:
    import xllamacpp

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    parameters = xllamacpp.CommonParams()
    parameters.model.path = sys.argv[1]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = 8192
    parameters.n_parallel = 1
    # It looks between two batches whether the client has left; one of 2,048 takes a minute.
    parameters.n_batch = parameters.n_ubatch = 128
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
