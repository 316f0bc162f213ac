"""The security headers of every answer, in this one place.

No page carries a script, an inline style or anything from another host, so the policy can refuse
all of it. `Referrer-Policy` stays at `same-origin` because the check against forged requests
compares the referrer when the connection is encrypted.
"""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

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


def register(app: Flask) -> None:
    """Add the headers to every answer of the application, the errors included."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
        if request.endpoint != "portal.static":
            # Pages show personal data: no copy stays on a shared computer.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
