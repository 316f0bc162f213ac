"""A stand-in that answers as Facebook's Graph API does."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from central.accounts import providers
from central.config import ProviderConfig
from tests.portal.people import OWN_EMAIL

FACEBOOK = ProviderConfig("facebook", "Facebook", "facebook", "", "application")


@dataclass
class Graph:
    """The stand-in: what it says of the person, and what it was asked."""

    person: dict[str, str] = field(default_factory=lambda: {"id": "10", "email": OWN_EMAIL})
    token_requests: list[dict[str, str]] = field(default_factory=list)
    authorization_headers: list[str | None] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask("graph")
        version = providers.FACEBOOK_GRAPH_VERSION

        @app.get(f"/{version}/dialog/oauth")
        def agree() -> ResponseReturnValue:
            answer = urlencode({"code": "good", "state": request.args["state"]})
            return redirect(f"{request.args['redirect_uri']}?{answer}")

        @app.post(f"/{version}/oauth/access_token")
        def token() -> ResponseReturnValue:
            self.token_requests.append(request.form.to_dict())
            self.authorization_headers.append(request.headers.get("Authorization"))
            if request.form.get("code") != "good":
                return jsonify(error={"message": "Invalid code", "type": "OAuthException"}), 400
            return jsonify(access_token="t", token_type="bearer", expires_in=5000)

        @app.get(f"/{version}/me")
        def me() -> ResponseReturnValue:
            return jsonify(self.person)

        return app


@contextlib.contextmanager
def running_graph(graph: Graph) -> Iterator[str]:
    """Serve the stand-in on loopback; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = make_server("127.0.0.1", port, graph.app(), threaded=True, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()
            thread.join()
