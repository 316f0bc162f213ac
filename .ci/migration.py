"""Write the next step of the database: what the models say and the newest step does not.

usage: python .ci/migration.py "what it does"
Alembic proposes the step from an empty SQLite database at the newest one; read it, complete its
downgrade, and test it with rows before and after.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from central.migrations import steps
from central.models.database import Database

FOLDER = Path(steps.__file__).parent


def main(name: str) -> int:
    number = f"{int(steps.head()) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        steps.upgrade(database)
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.set_main_option("path_separator", "os")
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        with database.writer().connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
            command.revision(config, message=slug, autogenerate=True, rev_id=number)
        database.close()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(str(__doc__))
    sys.exit(main(sys.argv[1]))
