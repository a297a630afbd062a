"""What a refusal is expected to be."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from postroom.model.errors import OAuthError, PostroomError, Unauthorized


@contextmanager
def refused(code: str, error: str | None = None) -> Iterator[None]:
    """Expect a refusal with RingCentral's code and, for OAuth, RFC 6749's word."""
    with pytest.raises(PostroomError) as caught:
        yield
    refusal = caught.value
    assert isinstance(refusal, OAuthError | Unauthorized)
    assert refusal.code == code
    if error is not None:
        assert isinstance(refusal, OAuthError)
        assert refusal.error == error
