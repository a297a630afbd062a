"""The directory's rows: an account, its extensions, numbers and memberships, by version."""

from sqlalchemy import Text, literal_column, select

from postroom.store.statements import Statement, arg
from postroom.store.tables import account, extension, membership, number

ACCOUNT = Statement(
    select(
        account.c.directory_version,
        account.c.session_version,
        account.c.name,
        account.c.main_number,
        account.c.settings,
        account.c.created_ms,
    ).where(account.c.id == arg("account_id"))
)
VERSIONS = Statement(
    select(account.c.directory_version, account.c.session_version).where(
        account.c.id == arg("account_id")
    )
)
EXTENSIONS = Statement(
    select(
        extension.c.id,
        extension.c.number,
        extension.c.type,
        extension.c.status,
        extension.c.first_name,
        extension.c.last_name,
        extension.c.email,
        extension.c.administrator,
        extension.c.denied,
        extension.c.created_ms,
        extension.c.deleted,
    ).where(extension.c.account_id == arg("account_id"), extension.c.version > arg("since"))
)
MEMBERSHIPS = Statement(
    select(
        membership.c.department_id,
        membership.c.extension_id,
        membership.c.role,
        membership.c.present,
    ).where(membership.c.account_id == arg("account_id"), membership.c.version > arg("since"))
)
NUMBERS = Statement(
    select(
        number.c.msisdn,
        number.c.id,
        number.c.owner_id,
        number.c.usage,
        number.c.deleted,
    ).where(number.c.account_id == arg("account_id"), number.c.version > arg("since"))
)
ACCOUNT_OF = Statement(
    select(number.c.account_id).where(
        number.c.msisdn == arg("msisdn", Text()), number.c.deleted == literal_column("0")
    )
)
ACCOUNTS = Statement(select(account.c.id, account.c.name).order_by(account.c.id))
