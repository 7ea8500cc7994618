"""What a process that serves does where it is counted, when it is asked by SIGUSR2.

Python imports this by itself where its folder is on PYTHONPATH. A file asked-<pid> in the folder that is named says that the
process can be asked.

- COUNT_CALLS_IN names a folder: calls of functions are counted, in the process and in its threads. The first signal begins to
  count. Each one writes what was counted since the one before to calls-<pid>, in JSON: a list of [file or "module:" and a
  module, qualified name, the caller's file, the caller's name, calls, resumptions]. A coroutine or generator is called once, by
  what first waits for it, and resumed each time that it goes on after it waited. From Python 3.12 on sys.monitoring counts, and
  a profile function before.
- COLLECT_IN names a folder: each signal collects all garbage, and writes the empty file collected-<pid> when that is done.
  LAYOUT, a whole number, moves where things lie in memory.
"""

import gc
import json
import os
import signal
import sys
import threading

_counts = "COUNT_CALLS_IN" in os.environ
_folder = os.environ.get("COUNT_CALLS_IN") or os.environ.get("COLLECT_IN")
_module_type = type(sys)
# By the caller's code object, and by code object, built-in function, or _Method. They are kept alive here, so that no other
# takes their place.
_calls = {}
# By code object.
_resumptions = {}


class _Method:
    """A built-in method by the type that it is of: its objects come and go."""

    __slots__ = ("kind", "name")

    def __init__(self, kind, name):
        self.kind = kind
        self.name = name

    def __eq__(self, other):
        return type(other) is _Method and self.kind is other.kind and self.name == other.name

    def __hash__(self):
        return hash((self.kind, self.name))


def _key(function):
    owner = getattr(function, "__self__", None)
    if owner is None or type(owner) is _module_type:
        return function
    return _Method(owner if isinstance(owner, type) else type(owner), getattr(function, "__name__", "?"))


def _place(thing):
    """Where it is from, and its name."""
    if type(thing) is _Method:
        return "module:" + str(thing.kind.__module__), thing.kind.__qualname__ + "." + thing.name
    if hasattr(thing, "co_filename"):
        return thing.co_filename, getattr(thing, "co_qualname", thing.co_name)
    module = getattr(thing, "__module__", None)
    if module is None and hasattr(thing, "__objclass__"):
        module = thing.__objclass__.__module__
    return "module:" + str(module or "builtins"), str(getattr(thing, "__qualname__", type(thing).__qualname__))


def _write(number, frame):
    _stop()
    counted = [(0, _calls.copy()), (1, {(None, code): count for code, count in _resumptions.items()})]
    _calls.clear()
    _resumptions.clear()
    table = {}
    for column, counts in counted:
        for (caller, thing), count in counts.items():
            if getattr(thing, "co_filename", None) != __file__:
                names = _place(thing) + (_place(caller) if caller else ("", ""))
                table.setdefault(names, [0, 0])[column] += count
    _answer("calls", json.dumps([[*names, *row] for names, row in sorted(table.items())]))
    _begin()


def _collect(number, frame):
    gc.collect()
    # Until this is asked for again, only the young are looked through: what all objects take has nothing to do with a request.
    gc.set_threshold(*gc.get_threshold()[:2], 1_000_000)
    _answer("collected", "")


def _answer(name, text):
    """A file that is whole once it is there."""
    path = os.path.join(_folder, "%s-%d" % (name, os.getpid()))
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


if hasattr(sys, "monitoring"):
    _tool = sys.monitoring.PROFILER_ID
    _events = sys.monitoring.events

    def _started(code, offset):
        caller = sys._getframe(1).f_back
        key = (caller and caller.f_code, code)
        _calls[key] = _calls.get(key, 0) + 1

    def _resumed(code, offset):
        _resumptions[code] = _resumptions.get(code, 0) + 1

    def _called(code, offset, function, argument):
        kind = type(function)
        if kind.__name__ not in ("builtin_function_or_method", "method_descriptor", "classmethod_descriptor"):
            return
        key = (code, _key(function))
        _calls[key] = _calls.get(key, 0) + 1

    def _begin():
        if sys.monitoring.get_tool(_tool) is None:
            sys.monitoring.use_tool_id(_tool, "counts of calls")
            sys.monitoring.register_callback(_tool, _events.PY_START, _started)
            sys.monitoring.register_callback(_tool, _events.PY_RESUME, _resumed)
            sys.monitoring.register_callback(_tool, _events.CALL, _called)
        sys.monitoring.set_events(_tool, _events.PY_START | _events.PY_RESUME | _events.CALL)

    def _stop():
        if sys.monitoring.get_tool(_tool) is not None:
            sys.monitoring.set_events(_tool, 0)

else:
    import opcode

    _CAN_WAIT = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
    _RESUME = opcode.opmap.get("RESUME")
    _beginnings = {}

    def _beginning(code):
        """What f_lasti says when the code begins. From Python 3.11 on that is its RESUME with the argument 0."""
        instructions = code.co_code
        for index in range(0, len(instructions), 2):
            if instructions[index] == _RESUME and instructions[index + 1] == 0:
                return index
        return -1

    def _goes_on(frame):
        code = frame.f_code
        if not code.co_flags & _CAN_WAIT:
            return False
        beginning = _beginnings.get(code)
        if beginning is None:
            beginning = _beginnings[code] = _beginning(code)
        return frame.f_lasti != beginning

    def _profile(frame, event, argument):
        code = frame.f_code
        if event == "call":
            if _goes_on(frame):
                _resumptions[code] = _resumptions.get(code, 0) + 1
                return
            caller = frame.f_back
            key = (caller and caller.f_code, code)
        elif event == "c_call":
            key = (code, _key(argument))
        else:
            return
        _calls[key] = _calls.get(key, 0) + 1

    def _begin():
        threading.setprofile(_profile)
        sys.setprofile(_profile)

    def _stop():
        sys.setprofile(None)


def _move(number):
    """Types with names that nobody uses. What is made after them lies elsewhere. The interpreter keeps attributes that it
    looked up by where their names lie and by the number of the type, so that others get into each other's way then."""
    moved = []
    for index in range(number * 37):
        kind = type("Moved", (), {"moved_%d" % index: index})
        # A type gets its number when an attribute of it is looked up.
        getattr(kind, "moved_%d" % index)
        moved.append(kind)
    return moved


def _let_tracers_in():
    """strace is no ancestor of this process: where only those may attach themselves (Yama), it has to be let in."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
    except (ImportError, OSError, AttributeError):
        pass


def _announce():
    if _counts:
        _let_tracers_in()
    open(os.path.join(_folder, "asked-%d" % os.getpid()), "w").close()


if _folder:
    _moved = _move(int(os.environ.get("LAYOUT", "0")))
    signal.signal(signal.SIGUSR2, _write if _counts else _collect)
    os.register_at_fork(after_in_child=_announce)
    _announce()
