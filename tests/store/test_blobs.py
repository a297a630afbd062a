"""Objects in a folder and in a bucket: both keep, cut and forget alike."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from postroom.app.stores import blobs
from postroom.config import Settings
from postroom.config.settings import S3
from postroom.config.settings import Store as StoreSection
from postroom.store.blobs import Blobs, LocalBlobs, S3Blobs
from tests.needs import lacking
from tests.server import free_port

START_SECONDS = 30.0
BUCKET = "attic"
KEY = "1000/1001/5f3a"
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a server that speaks S3, with a bucket."""
    if subprocess.run([sys.executable, "-c", "import moto.server"], check=False).returncode:
        lacking("the package moto")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _make(f"{address}/{BUCKET}", process)
        yield address
    finally:
        process.kill()
        process.wait()


def _make(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < until:
            assert process.poll() is None, "the S3 server ended"
            try:
                assert client.put(url).status_code == 200
                return
            except httpx.TransportError:
                time.sleep(0.05)
    raise AssertionError("the S3 server does not answer")


def in_a_bucket(address: str, prefix: str) -> Blobs:
    """Objects below a prefix, as an operator configures them."""
    s3 = S3(
        endpoint=address,
        region="eu-central-1",
        access_key_id="postroom",
        secret_access_key="secret",
        allow_http=True,
    )
    return blobs(Settings(store=StoreSection(objects=f"s3://{BUCKET}/{prefix}"), s3=s3))


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Somewhere to keep objects."""
    if request.param == "folder":
        return blobs(Settings(store=StoreSection(objects=str(tmp_path))))
    return in_a_bucket(request.getfixturevalue("bucket"), tmp_path.name)


async def test_an_object_comes_back_as_it_was_put(kept: Blobs) -> None:
    await kept.put(KEY, CONTENT)

    assert await kept.get(KEY, 0, len(CONTENT)) == CONTENT


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (1, 300), (255, 257), (len(CONTENT) - 1, len(CONTENT)), (7, 7)]
)
async def test_a_range_is_from_its_start_to_before_its_end(
    kept: Blobs, start: int, end: int
) -> None:
    await kept.put(KEY, CONTENT)

    assert await kept.get(KEY, start, end) == CONTENT[start:end]


async def test_an_object_that_is_put_again_is_the_new_one(kept: Blobs) -> None:
    await kept.put(KEY, CONTENT)

    await kept.put(KEY, b"new")

    assert await kept.get(KEY, 0, 3) == b"new"


async def test_an_erased_object_is_gone_and_its_neighbour_is_not(kept: Blobs) -> None:
    await asyncio.gather(kept.put(KEY, CONTENT), kept.put(f"{KEY}1", b"beside"))

    await kept.erase(KEY)

    assert await kept.get(KEY, 0, 1) is None
    assert await kept.get(f"{KEY}1", 0, 6) == b"beside"


async def test_what_is_not_there_is_none_and_may_be_erased(kept: Blobs) -> None:
    await kept.erase(KEY)

    assert await kept.get(KEY, 0, 1) is None


async def test_two_prefixes_of_one_bucket_do_not_see_each_other(bucket: str) -> None:
    ours, theirs = in_a_bucket(bucket, "ours"), in_a_bucket(bucket, "theirs")

    await ours.put(KEY, CONTENT)

    assert await theirs.get(KEY, 0, 1) is None


def test_the_setting_chooses_between_folder_and_bucket(tmp_path: Path) -> None:
    folder = blobs(Settings(store=StoreSection(objects=str(tmp_path))))

    assert isinstance(folder, LocalBlobs)
    assert isinstance(in_a_bucket("http://127.0.0.1:1", "x"), S3Blobs)
