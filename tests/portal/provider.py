"""The local provider of accounts as its own server, on a port of its own."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from werkzeug.serving import make_server

from central.accounts.local_provider import Account, Client, create_provider
from tests.portal.people import DEACTIVATED_EMAIL, OTHER_EMAIL, OWN_EMAIL, STAFF_EMAIL

CALLBACK_PATH = "/sign-in/local/callback"
# The same accounts, where a test lets them stand for those of Google.
GOOGLE_CALLBACK_PATH = "/sign-in/google/callback"
OWN = Account("own", "Aurora Ejemplo", OWN_EMAIL)
OWN_SECOND = Account("own-second", "Aurora Ejemplo, otra cuenta", OWN_EMAIL)
OTHER = Account("other", "Otro Ejemplo", OTHER_EMAIL)
UNVERIFIED = Account("unverified", "Correo sin verificar", OTHER_EMAIL, email_verified=False)
STRANGER = Account("stranger", "Persona sin registro", "nadie@acopio.example")
DEACTIVATED = Account("deactivated", "Persona dada de baja", DEACTIVATED_EMAIL)
STAFF = Account("staff", "Persona de la mesa", STAFF_EMAIL)
ACCOUNTS = (OWN, OWN_SECOND, OTHER, UNVERIFIED, STRANGER, DEACTIVATED, STAFF)


@contextlib.contextmanager
def running_provider(portal_url: str) -> Iterator[str]:
    """Serve the provider for a portal; give its issuer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        issuer = f"http://127.0.0.1:{port}"
        ways_back = (portal_url + CALLBACK_PATH, portal_url + GOOGLE_CALLBACK_PATH)
        client = Client("acopio-portal", ways_back)
        app = create_provider(issuer, client, ACCOUNTS)
        server = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
