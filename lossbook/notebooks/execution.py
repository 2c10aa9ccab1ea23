"""Run a notebook from top to bottom, in place."""

import os
from pathlib import Path

# A cell that takes longer hangs: an honest one takes seconds, or minutes where much else runs.
CELL_TIMEOUT = 1200  # seconds

# One thread, so that sums are taken in one order; every frame of every figure, so that all of it is compared.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "LOSSBOOK_FRAMES": "1"}

# How pytest runs the notebooks again and compares. A notebook has to stay with one worker, cell after cell.
NBVAL_OPTIONS = (
    "--nbval",
    "--nbval-current-env",
    f"--nbval-cell-timeout={CELL_TIMEOUT}",
    f"--nbval-kernel-startup-timeout={CELL_TIMEOUT}",
    "--dist=loadscope",
    "--numprocesses=2",
)


class NotebookFailed(RuntimeError):
    """A cell raised an error or took too long; the message names the notebook and the cell."""


def execute(notebook, path, *, timeout=CELL_TIMEOUT, progress=None):
    """Run a notebook in a fresh kernel of this environment and store the outputs in it.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; its outputs are replaced.
    path : str or path-like
        The notebook's file: its folder is the working directory, its name is told in errors.
    timeout : int
        The longest that one cell may take, in seconds.
    progress : callable, optional
        Called as ``progress(number, total)`` before each cell that runs.

    Raises
    ------
    NotebookFailed
        If a cell raises an error that no tag ``raises-exception`` announces, or takes longer than `timeout`.
    """
    # Running notebooks is for those who make the book: reading and checking them needs no Jupyter client.
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    where = ""

    def on_cell_start(cell, cell_index):
        nonlocal where
        where = f"{path}, cell {cell_index + 1}"
        if progress is not None:
            progress(cell_index + 1, len(notebook.cells))

    # Without kernel folders to look in, "python3" is the interpreter that runs this function and no other.
    kernels = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=kernels),
        timeout=timeout,
        startup_timeout=CELL_TIMEOUT,
        iopub_timeout=CELL_TIMEOUT,
        coalesce_streams=True,
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
        on_cell_start=on_cell_start,
    )
    try:
        client.execute(env={**os.environ, **ENVIRONMENT})
    except CellTimeoutError as error:
        raise NotebookFailed(f"{where}: took longer than {timeout:g} seconds") from error
    except CellExecutionError as error:
        raise NotebookFailed(f"{where}: {error.ename}: {error.evalue}\n\n{error.traceback}") from error
    except DeadKernelError as error:
        raise NotebookFailed(f"{where}: the kernel died") from error
