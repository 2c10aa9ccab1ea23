"""The command line: ``python -m lossbook.course COMMAND …``, run in the book's folder."""

import importlib
import sys

#: Each command, the module and function that it is, and what it does.
COMMANDS = {
    "make": ("making", "main", "makes what you hand out and keep, of chapters; the word may be left out"),
    "grade": ("batch", "main", "grades a folder of notebooks that came back"),
    "collect": ("batch", "collect", "collects what several machines have graded"),
    "gradescope": ("gradescope", "main", "writes an autograder for Gradescope"),
}


def main(arguments=None):
    """Run one command and return its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    name = arguments.pop(0) if arguments[:1] and arguments[0] in COMMANDS else "make"
    # Where answers are graded there may be NumPy and nbformat alone, and not what makes a course.
    module, function, _ = COMMANDS[name]
    command = getattr(importlib.import_module(f"lossbook.course.{module}"), function)
    listed = "; ".join(f"{other} {what}" for other, (*_, what) in COMMANDS.items())
    return command(arguments, prog=f"python -m lossbook.course {name}", epilog=f"Commands: {listed}.")


if __name__ == "__main__":
    sys.exit(main())
