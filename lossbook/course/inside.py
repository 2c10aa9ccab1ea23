"""What runs in an answer's process: it takes a cell's source and questions, and sends numbers back.

The file is run by its path, isolated and without site-packages (``python -I -S``). It never imports
``lossbook``. Lines of JSON come in on the standard input and leave on a pipe of their own, so that nothing
printed gets between. Whatever an answer does to this process, it can at most send other numbers.
"""

import contextlib
import ctypes
import importlib
import importlib.util
import json
import os
import resource
import signal
import sys

#: Parts of NumPy that it would load when first used, which another user might not be allowed to.
_PARTS = ("numpy.fft", "numpy.linalg", "numpy.ma", "numpy.polynomial", "numpy.random")
REFUSAL = "an answer may not use lossbook: write it with NumPy and what the exercise names"
NO_FILES = "an answer may open no file"
_PR_SET_PDEATHSIG = 1


def main():
    """Answer questions until there are no more."""
    lines = os.fdopen(os.dup(0), encoding="utf-8")
    pipe = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    order = json.loads(lines.readline())
    calling, space = _loaded(order)
    _shut(order)
    send(pipe, {"started": True})
    function, error = _function(order, calling, space)
    send(pipe, {"error": error})
    for line in lines:
        send(pipe, _reply(calling, function, json.loads(line), order["settings"]))


def send(pipe, message):
    """Write one line."""
    pipe.write(json.dumps(message) + "\n")
    pipe.flush()


def _loaded(order):
    """Load what an answer may need, while it still can be read.

    Return the module that calls the answer, and the names that the answer finds.
    """
    sys.path.append(order["packages"])
    for name in _PARTS:
        importlib.import_module(name)
    for name in order["modules"]:
        with contextlib.suppress(Exception):  # then the answer meets the same error
            importlib.import_module(name)
    spec = importlib.util.spec_from_file_location("calling", order["calling"])
    calling = sys.modules["calling"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(calling)
    space = {"__name__": "__main__", "np": sys.modules["numpy"]}
    exec(compile(order["given"], "<given>", "exec"), space)  # the exercise's own, not the answer's
    # Nothing more can be opened, and so nothing be looked for: what is not there is said to be not there.
    sys.path.clear()
    return calling, space


def _shut(order):
    """Set the limits, become another user if this one is root, and refuse files and lossbook."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    if order["user"]:
        uid, gid = order["user"]
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    if sys.platform == "linux":  # If the judge is killed, this process ends with it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for name, most in order["limits"].items():
        resource.setrlimit(getattr(resource, name), (most, most))
    _refuse(order["hidden"] + os.sep)


def _refuse(folder, real=os.path.realpath, text=(str, bytes)):
    """Say in words what the limits say in numbers, and refuse lossbook."""

    def watch(event, arguments):
        if event == "import" and str(arguments[0]).partition(".")[0] == "lossbook":
            raise ImportError(REFUSAL)
        if event == "open" and isinstance(arguments[0], text):
            hidden = real(os.fsdecode(arguments[0])).startswith(folder)
            raise PermissionError(REFUSAL if hidden else NO_FILES)

    # A hook of this kind cannot be taken away again.
    sys.addaudithook(watch)


def _function(order, calling, space):
    """Run the cell and return its function, and in words what went wrong."""
    for source in order["before"]:
        # If another answer fails it is that one's fault; what it defined until then stays.
        with contextlib.suppress(BaseException):
            exec(compile(source, "<answer before>", "exec"), space)
    try:
        exec(compile(order["source"], "<answer>", "exec"), space)
    except BaseException as raised:
        return None, calling.in_one_line(raised)
    function = space.get(order["name"])
    return function, "" if callable(function) else f"there is no function {order['name']}"


def _reply(calling, function, question, settings):
    np = sys.modules["numpy"]
    arrays = [np.array(values, dtype).reshape(shape) for dtype, shape, values in question["arrays"]]
    reply = calling.call_here(function, arrays, question["parameters"], **settings)
    return {
        "outputs": [[o.what, None if o.values is None else _numbers(o.values)] for o in reply.outputs],
        "arrays": [_numbers(array) for array in reply.arrays],
        "error": reply.error,
        "unwritten": reply.unwritten,
        "printed": reply.printed,
        "peak": reply.peak,
    }


def _numbers(array):
    return [list(array.shape), array.ravel().tolist()]


if __name__ == "__main__":
    main()
