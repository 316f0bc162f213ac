"""The security headers of every answer, in this one place.

No page carries an inline script or style, or anything from another host, so the policy refuses all
of it. A page that is better with a script of ours says so with `with_script`; every page works
without. `Referrer-Policy` stays at `same-origin` because the check against forged requests compares
the referrer when the connection is encrypted.
"""

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# The page may run files of ours, and these may ask this host again.
_WITH_SCRIPT = CONTENT_SECURITY_POLICY + "; script-src 'self'; connect-src 'self'"

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Two years, the least that browsers' preload lists accept.
STRICT_TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"


def with_script() -> None:
    """Let the page of this request run the scripts among our own files."""
    g.runs_script = True


def register(app: Flask) -> None:
    """Add the headers to every answer of the application, the errors included."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        if g.get("runs_script"):
            response.headers.setdefault("Content-Security-Policy", _WITH_SCRIPT)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
        if request.endpoint != "portal.static":
            # Pages show personal data: no copy stays on a shared computer.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
