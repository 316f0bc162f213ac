"""A PostgreSQL server for the tests: one that is there, else a private one of this session."""

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

SETTING = "ACOPIO_TEST_POSTGRES"
_BINARIES = "/usr/lib/postgresql"
_MESSAGE = f"""\
The tests need PostgreSQL and found none. One of these helps:
  - install its binaries (Debian: apt-get install postgresql); a private server is then started
  - set {SETTING}=postgresql://user:password@host/database of a server where the user may
    create databases"""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server where this session may create databases; `conninfo` names no database of ours."""

    conninfo: str

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Create a database, give its SQLAlchemy URL, and drop it with its connections.

        It is empty, or a copy of `template`, which nobody may be connected to meanwhile.
        """
        name = f"acopio_test_{uuid4().hex}"
        self._execute("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)
        try:
            yield self._url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _url(self, name: str) -> str:
        with psycopg.connect(self.conninfo) as connection:
            at = connection.info
            password = f":{at.password}" if at.password else ""
            if at.host.startswith("/"):
                return f"postgresql+psycopg://{at.user}{password}@/{name}?host={at.host}&port={at.port}"
            return f"postgresql+psycopg://{at.user}{password}@{at.host}:{at.port}/{name}"


@contextlib.contextmanager
def find_or_start() -> Iterator[PostgresServer]:
    """Give the server of the setting, else a reachable local one, else a private one.

    The session fails, and never skips, where none of the three is possible.
    """
    if named := os.environ.get(SETTING):
        yield PostgresServer(named)
        return
    for conninfo in _local_candidates():
        if _may_create_databases(conninfo):
            yield PostgresServer(conninfo)
            return
    binaries = sorted(
        Path(_BINARIES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    on_path = shutil.which("initdb")
    if not binaries and on_path is None:
        pytest.fail(_MESSAGE, pytrace=False)
    folder = binaries[0].parent if binaries else Path(str(on_path)).parent
    with _private_server(folder) as server:
        yield server


def _local_candidates() -> Iterator[str]:
    for user in dict.fromkeys((getpass.getuser(), "postgres")):
        yield f"user={user} dbname=postgres connect_timeout=2"
        yield f"user={user} dbname=postgres host=127.0.0.1 connect_timeout=2"


def _may_create_databases(conninfo: str) -> bool:
    try:
        with psycopg.connect(conninfo) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and bool(row[0])


@contextlib.contextmanager
def _private_server(binaries: Path) -> Iterator[PostgresServer]:
    """Start a server that listens on a socket in a temporary folder, and remove both at the end.

    PostgreSQL refuses to run as root: there it runs as `postgres` or, without it, as `nobody`.
    """
    owner = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="acopio-postgres-"))
    try:
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            # Output goes to a file: the server would keep a pipe open after `pg_ctl` ends.
            log = folder / "commands.log"
            with log.open("a") as output:
                done = subprocess.run(
                    [str(binaries / program), *arguments],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    user=None if owner is None else owner.pw_uid,
                    group=None if owner is None else owner.pw_gid,
                    extra_groups=None if owner is None else [],
                    env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                    check=False,
                )
            if done.returncode != 0:
                pytest.fail(f"{program} failed:\n{log.read_text()}", pytrace=False)

        cluster = str(folder / "cluster")
        run("initdb", "-D", cluster, "-U", "acopio", "-A", "trust", "-E", "UTF8", "--no-sync")
        # Durability is not what these tests measure: the cluster is thrown away.
        options = (
            f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off "
            "-c synchronous_commit=off -c max_connections=60"
        )
        run("pg_ctl", "-D", cluster, "-w", "-l", str(folder / "server.log"), "-o", options, "start")
        try:
            yield PostgresServer(f"host={folder} user=acopio dbname=postgres")
        finally:
            run("pg_ctl", "-D", cluster, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    pytest.fail("PostgreSQL cannot run as root and this machine has no other user", pytrace=False)
