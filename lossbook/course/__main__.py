"""The command line: ``python -m lossbook.course COMMAND …``, run in the book's folder."""

import importlib
import sys

#: Each command, the module that has it as ``main``, and what it is for.
COMMANDS = {
    "make": ("making", "makes what you hand out and keep, of chapters; it may be left out"),
}


def main(arguments=None):
    """Run one command and return its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    name = arguments.pop(0) if arguments[:1] and arguments[0] in COMMANDS else "make"
    # Where answers are graded there may be NumPy and nbformat alone, and not what makes a course.
    command = importlib.import_module(f"lossbook.course.{COMMANDS[name][0]}")
    listed = "; ".join(f"{other} {what}" for other, (_, what) in COMMANDS.items())
    return command.main(arguments, prog=f"python -m lossbook.course {name}", epilog=f"Commands: {listed}.")


if __name__ == "__main__":
    sys.exit(main())
