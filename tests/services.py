"""Real servers for tests, on private sockets and in scratch folders; each ends with its `with` block."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType


class PostgreSQL:
    """A cluster of Debian's PostgreSQL that only this process's user can reach, on a Unix socket."""

    def __enter__(self) -> PostgreSQL:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"))
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.folder.chmod(0o755)
        self._as_user(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-D", self.data
        )
        self.start()
        return self

    def start(self) -> None:
        """Start the cluster, also after it was killed."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        self._as_user(
            "pg_ctl", "-D", self.data, "-o", options, "-l", str(self.folder / "log"), "-w", "start"
        )

    @property
    def pid(self) -> int:
        """The process that all others of the cluster belong to."""
        return int(Path(self.data, "postmaster.pid").read_text().split()[0])

    @property
    def data(self) -> str:
        """The folder of the cluster."""
        return str(self.folder / "data")

    def create(self, name: str) -> str:
        """Make an empty database. Return its address."""
        self._as_user("createdb", "-h", str(self.folder), name)
        user = "postgres" if os.getuid() == 0 else os.environ.get("USER", "postgres")
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def _as_user(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._as_user("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        time.sleep(0.2)
        shutil.rmtree(self.folder, ignore_errors=True)
