"""ONNX Runtime, kept from telling its maker that it runs.

Comes in: nothing. Goes out: the library. Refuses to let it send anything: the packages on PyPI would, over the network, and keep a
number for this machine in the user's cache, from the moment they are imported. The one variable that forbids it is read then, so
nothing else may import the library first (a contract in ``pyproject.toml``); processes that are begun from here inherit it.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as onnxruntime  # not above: see there
