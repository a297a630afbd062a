from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.objects import Owner, is_safe, key_of, owner_of


def test_a_name_says_whose_message_it_is() -> None:
    owner = Owner(AccountId(1), ExtensionId(2), MessageId(3))

    assert owner_of(key_of(owner, 4)) == owner
    assert is_safe(key_of(owner, 4))
    assert owner_of("a/1/2/3") is None
    assert owner_of("a/1/2/3/../4") is None
    assert owner_of("a/1/2/3/4\n") is None
