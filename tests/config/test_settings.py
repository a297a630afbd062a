from pathlib import Path

import pytest

from postroom.config.settings import Server, Store


@pytest.mark.parametrize(
    ("server", "base"),
    [
        (Server(), "http://127.0.0.1:8088"),
        (Server(listen="0.0.0.0:80"), "http://localhost:80"),
        (Server(listen=":80"), "http://localhost:80"),
        (Server(listen="[::1]:80"), "http://[::1]:80"),
        (Server(public_url="https://m.example/"), "https://m.example"),
    ],
)
def test_the_base_of_absolute_uris_is_the_public_url_or_where_we_listen(
    server: Server, base: str
) -> None:
    assert server.base_url == base


@pytest.mark.parametrize(
    ("listen", "alone"),
    [("127.0.0.9:1", True), ("localhost:1", True), ("[::1]:1", True), ("0.0.0.0:1", False)],
)
def test_loopback_is_what_only_this_machine_reaches(listen: str, alone: bool) -> None:
    assert Server(listen=listen).is_loopback is alone


def test_the_data_directory_holds_database_and_objects_unless_told_otherwise() -> None:
    here = Store(data="d")
    there = Store(data="d", url="postgresql://db/postroom", objects="s3://bucket/prefix")

    assert here.sqlite_file == Path("d/postroom.db")
    assert here.objects_directory == Path("d/objects")
    assert there.sqlite_file is None
    assert there.objects_directory is None
