"""How answers are read: when to come back, and what is an answer at all."""

import pytest
import requests

from device.errors import ServerBusyError, ServerError, ServerRefusedError, ServerUnreachableError
from device.queue.client import MAX_RETRY_AFTER_S, Answer, _judge
from wire import api


def response(status: int, body: bytes = b"", /, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


def judge(status: int, body: bytes = b"", *, is_upload: bool = False) -> Answer:
    return _judge(response(status, body), is_upload=is_upload)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"Retry_After": "30"}, 30.0),
            ({"Retry_After": "999999"}, MAX_RETRY_AFTER_S),
            (
                {
                    "Retry_After": "Mon, 23 Nov 2026 10:02:00 GMT",
                    "Date": "Mon, 23 Nov 2026 10:00:00 GMT",
                },
                120.0,
            ),
            (
                {
                    "Retry_After": "Mon, 23 Nov 2026 09:00:00 GMT",
                    "Date": "Mon, 23 Nov 2026 10:00:00 GMT",
                },
                0.0,
            ),
            ({"Retry_After": "Mon, 23 Nov 2026 10:02:00 GMT"}, None),  # whose clock?
            ({"Retry_After": "pronto"}, None),
            ({"Retry_After": "-5"}, None),
            ({}, None),
        ],
    )
    def test_is_read_by_the_servers_own_clock(
        self, headers: dict[str, str], seconds: float | None
    ) -> None:
        with pytest.raises(ServerBusyError) as caught:
            _judge(response(503, **headers), is_upload=False)
        assert caught.value.retry_after_s == seconds


class TestAnswers:
    @pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 507])
    def test_that_ask_for_patience_are_told_apart(self, status: int) -> None:
        with pytest.raises(ServerBusyError):
            judge(status)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
    def test_that_refuse_keep_the_servers_code(self, status: int) -> None:
        with pytest.raises(ServerRefusedError) as caught:
            judge(status, api.to_json(api.ErrorAnswer("packet.hash")))
        assert (caught.value.status, caught.value.code) == (status, "packet.hash")

    @pytest.mark.parametrize("status", [301, 302, 307, 101])
    def test_that_lead_elsewhere_are_not_followed(self, status: int) -> None:
        with pytest.raises(ServerUnreachableError):
            _judge(response(status, Location="https://elsewhere.example"), is_upload=False)

    def test_of_a_wrong_offset_are_answers_only_to_an_upload(self) -> None:
        body = api.to_json(api.ErrorAnswer(api.ErrorCode.OFFSET))
        assert judge(409, body, is_upload=True).status == 409
        with pytest.raises(ServerRefusedError):
            judge(409, body)

    def test_of_a_proxy_have_a_code_that_says_so(self) -> None:
        with pytest.raises(ServerRefusedError) as caught:
            judge(404, b"<html>nginx</html>")
        assert caught.value.code == "http.404"

    def test_too_large_are_refused(self) -> None:
        with pytest.raises(ServerError):
            judge(200, bytes(5 << 20))
