"""Language, voice, size and contrast: who chose them, and how long they last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kiosks import Browser, Stand, bring_to, stand


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


def shown(browser: Browser, path: str = "/") -> str:
    """Return the first tag of a page, which says how it looks."""
    answer = browser.client.get(path, follow_redirects=True)
    page = answer.get_data(as_text=True)
    return page[page.index("<html") : page.index(">", page.index("<html")) + 1]


class TestALanguage:
    def test_of_a_person_ends_with_their_visit(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "front")
        browser.post("/preferences", language="en", back="/capture/front")
        assert 'lang="en"' in shown(browser, "/capture/front")
        assert "Front of the credential" in browser.text("/capture/front")
        browser.post("/capture/cancel")
        assert 'lang="es-MX"' in shown(browser)
        browser.post("/capture/start")
        assert 'lang="es-MX"' in shown(browser, "/capture/consent")

    def test_stays_until_the_last_page_is_left(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "summary")
        browser.post("/preferences", language="en")
        browser.post("/capture/seal")
        assert "Saved" in browser.text("/capture/done")
        browser.post("/capture/start")
        assert 'lang="es-MX"' in shown(browser, "/capture/consent")

    def test_of_the_auxiliar_is_kept_from_visit_to_visit(self, place: Stand) -> None:
        browser = place.browser()
        browser.post("/preferences", language="en")
        assert "Sign in" in browser.text("/sign-in")
        bring_to(place, browser, "front")
        browser.post("/preferences", language="es_MX")
        assert 'lang="es-MX"' in shown(browser, "/capture/front")
        browser.post("/capture/cancel")
        assert 'lang="en"' in shown(browser)
        browser.post("/sign-out")
        assert 'lang="es-MX"' in shown(browser)

    def test_is_recorded_with_the_consent(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "consent")
        browser.post("/preferences", language="en")
        page = browser.text("/capture/consent")
        assert "publishes its notice in Spanish only" in page
        assert '<p lang="es-MX">' in page
        browser.post("/capture/consent", agree="1")
        case = place.station.kiosk.desk.case
        assert case is not None
        assert case.consent.language == "en"  # type: ignore[union-attr]  # a visit after its consent


class TestSizeAndContrast:
    def test_stay_for_the_next_person_and_end_with_the_session(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "front")
        browser.post("/preferences", contrast="black", text="large")
        browser.post("/capture/cancel")
        assert 'data-text="large" data-contrast="black"' in shown(browser)
        browser.post("/sign-out")
        assert 'data-text="normal" data-contrast="normal"' in shown(browser)

    def test_are_chosen_before_the_sign_in_too(self, place: Stand) -> None:
        browser = place.browser()
        browser.post("/preferences", contrast="white")
        browser.sign_in()
        assert 'data-contrast="white"' in shown(browser)


class TestAChoice:
    @pytest.mark.parametrize("fields", [{}, {"language": "fr"}, {"contrast": "<b>"}, {"size": "1"}])
    def test_is_one_of_those_offered(self, place: Stand, fields: dict[str, str]) -> None:
        assert place.browser().post("/preferences", **fields).status_code == 400

    @pytest.mark.parametrize(
        ("back", "leads_to"),
        [("/queue", "/queue"), ("https://example.org/", "/"), ("//example.org/", "/"),
         ("/no-such-page", "/"), ("", "/"), ("/capture/seal", "/")],
    )  # fmt: skip
    def test_leads_back_to_a_page_of_the_kiosk(
        self, place: Stand, back: str, leads_to: str
    ) -> None:
        browser = place.browser()
        browser.sign_in()
        answer = browser.post("/preferences", text="large", back=back)
        assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


class TestAVoice:
    def test_says_the_instruction_of_the_step_when_it_is_asked_for(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "front")
        assert "data-speech" not in browser.text("/capture/front")
        browser.post("/preferences", speech="on")
        assert 'data-speech="/speech/front.es_MX.wav"' in browser.text("/capture/front")
        said = browser.get("/speech/front.es_MX.wav")
        assert (said.mimetype, said.data[:4]) == ("audio/wav", b"RIFF")
        assert said.data != browser.get("/speech/front.en.wav").data

    @pytest.mark.parametrize("path", ["other.es_MX", "front.fr", "..%2Ffront.en"])
    def test_says_nothing_else(self, place: Stand, path: str) -> None:
        browser = place.browser()
        browser.sign_in()
        assert browser.get(f"/speech/{path}.wav").status_code == 404

    def test_may_be_missing(self, place: Stand) -> None:
        app = place.station.app
        app.extensions["kiosk"] = replace(app.extensions["kiosk"], voice=None)
        browser = place.browser()
        bring_to(place, browser, "front")
        browser.post("/preferences", speech="on")
        page = browser.text("/capture/front")
        assert "no tiene voz instalada" in page
        assert "data-speech" not in page
        assert browser.get("/speech/front.es_MX.wav").status_code == 404
