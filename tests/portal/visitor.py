"""Somebody with a browser: the portal through its test client, the provider over the network."""

import io
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.accounts.local_provider import Account
from central.accounts.permissions import Role
from central.accounts.sessions import open_session
from central.models import User
from tests.portal.people import role_email
from tests.portal.world import World

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """A browser that keeps cookies and fills in the token of the forms it saw."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self._token = ""

    def get(self, path: str) -> TestResponse:
        """Ask for a page, without following redirects."""
        return self._seen(self.client.get(path))

    def post(self, path: str, **form: str | list[str]) -> TestResponse:
        """Send a form with the token of the last page."""
        return self._seen(self.client.post(path, data={"csrf_token": self._token, **form}))

    def upload(self, path: str, content: bytes, name: str = "auxiliares.csv") -> TestResponse:
        """Send a form with a file."""
        fields = {"csrf_token": self._token, "file": (io.BytesIO(content), name)}
        return self._seen(self.client.post(path, data=fields))

    def leave_for_provider(self, name: str = "local") -> str:
        """Begin to sign in; give the address at the provider."""
        response = self.get(f"/sign-in/{name}")
        assert response.status_code == 302, response.text
        return response.location

    def choose(self, address: str, **form: str) -> str:
        """Answer the page of the provider; give the path it sends the browser back to."""
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign_in(self, account: Account, name: str = "local") -> TestResponse:
        """Sign in with an account; give the portal's answer to the return of the browser."""
        return self.get(self.choose(self.leave_for_provider(name), account=account.subject))

    def sign_in_with_facebook(self, code: str = "good") -> TestResponse:
        """Come back from a stand-in of Facebook with a code; give the portal's answer."""
        address = self.get("/sign-in/facebook").location
        state = parse_qs(urlsplit(address).query)["state"][0]
        return self.get(f"/sign-in/facebook/callback?code={code}&state={state}")

    def follow_letter(self, token: str) -> TestResponse:
        """Open the link of a letter and press the button."""
        assert self.get(f"/welcome/{token}").status_code == 200
        answer = self.post(f"/welcome/{token}")
        assert answer.location == "/sign-in", answer.text
        return answer

    def enter(self, world: World, role: Role, email: str | None = None) -> "Visitor":
        """Sit down at a session of a person in a role, without the pages of the sign-in."""
        address = email or role_email(role)
        with world.database.write() as session:
            user = session.scalars(select(User).where(User.email == address)).one()
            _row, token = open_session(
                session,
                user,
                role=role,
                method="test",
                user_agent="",
                lifetime=timedelta(hours=8),
                now=world.clock.now(),
            )
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = token
        self.get("/language/none")  # a page that is not there has the forms of the bar on top
        return self

    @property
    def token(self) -> str:
        """The token of the forms on the page seen last."""
        return self._token

    def cookie(self) -> str | None:
        """Give the value of the session cookie."""
        cookie = self.client.get_cookie("acopio")
        return None if cookie is None else cookie.value

    def _seen(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and (found := _TOKEN.search(response.text)):
            self._token = found.group(1)
        return response
