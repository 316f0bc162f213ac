"""Broken files of auxiliares: each gets a sentence to act on, and nobody comes in by one."""

import io
import tempfile
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import func, select

from central.accounts.permissions import Role
from central.models import Auxiliar, AuxiliarBatch
from tests.portal.broken_files import UNREADABLE, WRONG_ROWS, Broken
from tests.portal.visitor import Visitor
from tests.portal.world import World, build_world

FORM = "/auxiliares/files"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for all files: none of them changes who is an auxiliar."""
    folder = tmp_path_factory.mktemp("broken-files")
    world = build_world(folder, f"sqlite:///{folder / 'acopio.db'}")
    yield world
    world.database.close()


@pytest.fixture(scope="module")
def aspirante(world: World) -> Visitor:
    """The aspirante, with the form open."""
    visitor = Visitor(world.app).enter(world, Role.ASPIRANTE)
    visitor.get(FORM)
    return visitor


def _people(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(Auxiliar)) or 0


def _batches(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(AuxiliarBatch)) or 0


class TestBrokenFiles:
    def test_there_are_enough_of_them(self) -> None:
        names = [one.name for one in (*UNREADABLE, *WRONG_ROWS)]
        assert len(set(names)) == len(names) > 60

    @pytest.mark.parametrize("broken", UNREADABLE, ids=lambda one: one.name)
    def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(
        self, world: World, aspirante: Visitor, broken: Broken
    ) -> None:
        before = _people(world), _batches(world)
        answer = aspirante.upload(FORM, broken.make(), "auxiliares.xlsx")
        page = unescape(answer.text)
        assert answer.status_code == 422, page
        assert broken.said in page.partition('id="refusal"')[2].partition("</div>")[0]
        assert (_people(world), _batches(world)) == before

    @pytest.mark.parametrize("broken", WRONG_ROWS, ids=lambda one: one.name)
    def test_a_wrong_row_says_so_beside_its_cell_and_is_not_imported(
        self, world: World, aspirante: Visitor, broken: Broken
    ) -> None:
        people = _people(world)
        answer = aspirante.upload(FORM, broken.make())
        assert answer.status_code == 303, unescape(answer.text)
        page = unescape(aspirante.get(answer.location).text)
        assert broken.said in page.partition('class="row-cards"')[2]
        assert _people(world) == people

    def test_no_file_is_asked_for_again(self, aspirante: Visitor) -> None:
        answer = aspirante.post(FORM)
        assert answer.status_code == 422
        assert "Elige primero un archivo" in answer.text

    def test_100_megabytes_are_refused_by_what_they_say_and_not_read(
        self, world: World, aspirante: Visitor
    ) -> None:
        body = _Unread()
        answer = aspirante.client.post(
            FORM,
            input_stream=body,
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
        )
        assert answer.status_code == 413
        assert "Aquí se reciben como máximo 5 MB" in answer.text
        assert f'href="{FORM}"' in answer.text
        assert body.asked == 0

    def test_nothing_that_is_uploaded_touches_the_disk(
        self, aspirante: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_arguments: object, **_options: object) -> None:
            raise AssertionError("a temporary file")

        monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
        monkeypatch.setattr(tempfile, "SpooledTemporaryFile", refuse)
        assert aspirante.upload(FORM, b"x" * 3 * 1024 * 1024).status_code == 422

    def test_a_body_that_does_not_say_its_length_is_refused_as_it_grows(
        self, aspirante: Visitor
    ) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        body = io.BytesIO(head + bytes(20 * 1024 * 1024))
        answer = aspirante.client.post(
            FORM,
            input_stream=body,
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert answer.status_code == 413
        assert body.tell() < 8 * 1024 * 1024


class _Unread(io.BytesIO):
    """A body that counts who reads it."""

    asked = 0

    def read(self, size: int | None = -1) -> bytes:
        self.asked += 1
        return super().read(size)
