import re

import pytest

from tests.architecture.sources import text_of, tracked

# Spelled with character classes, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wor[k]|far[m]|roo[t]|tmp/la[b])/\w")
REGISTRY = re.compile(r"pypi\.or[g]|pythonhoste[d]\.|registry\.npm[j]s|deb\.debia[n]\.")
DOWNLOAD = re.compile(r'"resolve[d]":|^--(?:extra-)?inde[x]-url|^--find-link[s]', re.MULTILINE)


def found(pattern: re.Pattern[str]) -> list[str]:
    return [f"{path}: {hit[0]}" for path in tracked() if (hit := pattern.search(text_of(path)))]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "see /wor" + "k/main"),
        (MACHINE_PATH, '"/tmp/la' + 'b/x"'),
        (REGISTRY, "https://pypi.or" + "g/simple"),
        (DOWNLOAD, '"resolve' + 'd": "x"'),
        (DOWNLOAD, "a==1\n--inde" + "x-url x"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found(MACHINE_PATH) == []


def test_no_file_names_a_package_registry_or_a_download_address() -> None:
    assert found(REGISTRY) == []
    assert found(DOWNLOAD) == []


def test_every_required_package_is_pinned() -> None:
    lines = [
        line
        for path in tracked()
        if path.parts[0] == "requirements"
        for line in text_of(path).splitlines()
    ]

    assert len(lines) > 20
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+|-r run\.txt", line)] == []
