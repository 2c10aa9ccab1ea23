"""The secret from which hidden inputs are drawn: a file outside the repository, for this user alone."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

#: Names another file, for graders on several machines.
VARIABLE = "LOSSBOOK_SECRET_FILE"
_BYTES = 32


def secret_file():
    """Return the path of the file that holds the secret, whether or not it is there."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "lossbook", "secret")


def secret():
    """Return the secret as bytes; the first time, draw it and write its file.

    Raises
    ------
    ValueError
        If the file is there and holds too little to be one.
    """
    path = secret_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Only one of several graders that start together makes it, and nobody else may read it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
    except FileExistsError:
        pass
    text = path.read_text(encoding="utf-8").strip()
    if len(text) < _BYTES:
        raise ValueError(f"{path} must hold a secret of at least {_BYTES} characters; got {len(text)}")
    return text.encode()


def seed_of(key, number):
    """Return the seed of an exercise's hidden inputs: one for all students, told by nothing but the secret.

    Parameters
    ----------
    key : bytes
        The secret.
    number : str
        The exercise's number: ``"15.2"``.
    """
    return int.from_bytes(hmac.digest(key, number.encode(), hashlib.sha256)[:8])
