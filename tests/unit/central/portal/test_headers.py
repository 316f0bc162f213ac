"""The headers of every answer, word for word."""

from flask import Flask

from central.portal import headers


def _app() -> Flask:
    app = Flask(__name__)
    headers.register(app)
    app.add_url_rule("/", view_func=lambda: "page")
    return app


class TestHeaders:
    def test_every_answer_has_exactly_these(self) -> None:
        for path in ("/", "/not-there"):
            answer = _app().test_client().get(path)
            found = {name: answer.headers.get(name) for name in headers.HEADERS}
            assert found == {
                "Content-Security-Policy": (
                    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                    "base-uri 'none'; frame-ancestors 'none'"
                ),
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Referrer-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Permissions-Policy": (
                    "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
                ),
            }
            assert answer.headers["Cache-Control"] == "no-store"

    def test_only_an_encrypted_answer_asks_for_encryption_for_ever(self) -> None:
        client = _app().test_client()
        assert "Strict-Transport-Security" not in client.get("/").headers
        secure = client.get("/", base_url="https://acopio.example")
        assert secure.headers["Strict-Transport-Security"] == headers.STRICT_TRANSPORT_SECURITY
