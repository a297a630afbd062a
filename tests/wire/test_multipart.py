from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.errors import UnparsableRequest
from postroom.wire.multipart import MOST_PARTS, Multipart, Part, parse

JSON = b'{"text":"hi"}'
TYPE = "multipart/form-data; boundary=b1"


def test_the_json_part_is_the_envelope_wherever_it_stands() -> None:
    body = (
        b'--b1\r\nContent-Disposition: form-data; name="attachment"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\nPNG\r\n"
        b"--b1\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + JSON + b"\r\n--b1--\r\n"
    )

    assert parse(TYPE, body) == Multipart(
        envelope=JSON,
        parts=(
            Part(name="attachment", file_name="a.png", content_type="image/png", content=b"PNG"),
        ),
    )


@pytest.mark.parametrize("name", ["json", "request.json", "metadata", "body"])
def test_a_part_of_a_known_name_is_the_envelope(name: str) -> None:
    head = f'Content-Disposition: form-data; name="{name}"'.encode()

    assert parse(TYPE, b"--b1\r\n" + head + b"\r\n\r\n" + JSON + b"\r\n--b1--").envelope == JSON


@pytest.mark.parametrize(
    "body",
    [
        b"--b1\r\nContent-Type: application/json\r\n\r\n" + JSON + b"\r\n--b1--\r\n",
        b"--b1\r\nContent-Type: application/json\r\n\r\n" + JSON + b"--b1--",
        b"--b1\r\nContent-Type: application/json\r\n\r\n" + JSON,
        b"--b1\nContent-Type: application/json\n\n" + JSON + b"\n--b1--\n",
        b"preamble\r\n--b1 \r\nContent-Type:application/json\r\n\r\n" + JSON + b"\r\n--b1--\r\nend",
        b"--b1\r\ncontent-type: APPLICATION/JSON\r\n\r\n" + JSON + b"\r\n--b1--",
    ],
)
def test_untidy_delimiters_are_understood(body: bytes) -> None:
    assert parse(TYPE, body) == Multipart(envelope=JSON, parts=())


@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/mixed; boundary="b1"',
        "multipart/related; Boundary=b1; charset=utf-8",
        "multipart/form-data;boundary=b1",
    ],
)
def test_the_boundary_may_be_quoted_or_bare(content_type: str) -> None:
    body = b"--b1\r\nContent-Type: application/json\r\n\r\n" + JSON + b"\r\n--b1--"

    assert parse(content_type, body).envelope == JSON


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (b'filename="a b.png"', "a b.png"),
        (b"filename=a.png", "a.png"),
        (b'filename="a\\"b.png"', 'a"b.png'),
        (b"filename*=UTF-8''%e2%82%ac.png; filename=\"e.png\"", "€.png"),
        ('filename="ü.png"'.encode(), "ü.png"),
        ('filename="ü.png"'.encode("latin-1"), "ü.png"),
        (b'filename=""', None),
    ],
)
def test_file_names_are_read_in_every_spelling(parameters: bytes, expected: str | None) -> None:
    body = b"--b1\r\nContent-Disposition: form-data; " + parameters + b"\r\n\r\nX\r\n--b1--"

    [part] = parse(TYPE, body).parts

    assert part.file_name == expected


@pytest.mark.parametrize(
    ("encoding", "spelled"), [(b"base64", b"YcOk"), (b"quoted-printable", b"a=C3=A4")]
)
def test_transfer_encodings_are_undone(encoding: bytes, spelled: bytes) -> None:
    body = b"--b1\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + spelled + b"\r\n--b1--"

    [part] = parse(TYPE, body).parts

    assert part.content.decode() == "aä"


@pytest.mark.parametrize("declared", [b"undefined", b""])
def test_a_content_type_that_is_none_is_absent(declared: bytes) -> None:
    body = b"--b1\r\nContent-Type: " + declared + b"\r\n\r\nX\r\n--b1--"

    assert parse(TYPE, body).parts[0].content_type is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--b1\r\n\r\nX\r\n--b1--"),
        (TYPE, b""),
        (TYPE, b"no delimiter at all"),
        (TYPE, b"--b1--"),
        (TYPE, b"--b1\r\nContent-Type: application/json"),
        (TYPE, b"--b1\r\nContent-Transfer-Encoding: base64\r\n\r\nA\r\n--b1--"),
        (TYPE, b"--b1\r\nX: " + b"x" * 20_000 + b"\r\n\r\nX\r\n--b1--"),
        (TYPE, b"--b1\r\n\r\nX\r\n" * (MOST_PARTS + 1) + b"--b1--"),
    ],
)
def test_what_is_no_multipart_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(UnparsableRequest):
        parse(content_type, body)


@given(
    st.text(max_size=40),
    st.lists(
        st.sampled_from([b"--b1", b"--", b"\r\n", b"\n", b'name="', b"filename*=", b"''", b"%e"])
        | st.binary(max_size=8)
    ).map(b"".join),
)
def test_no_octets_do_more_than_be_refused(behind: str, body: bytes) -> None:
    with suppress(UnparsableRequest):
        assert parse(TYPE + behind, b"--b1\r\n" + body) is not None
