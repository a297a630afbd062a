"""Every setting, with its default, its limits and its sentence.

One class per section of the file.  The sentences become `docs/configuration.md`, and the limits
are what `postroom config check` explains.  Durations are in the unit that the sentence names.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from postroom.config.carrier import Carrier
from postroom.config.section import Count, Section

Role = Literal["api", "events", "transport", "worker"]

WILDCARD_HOSTS = ("0.0.0.0", "[::]", "")
LOOPBACK_HOSTS = ("localhost", "[::1]")


class Server(Section, frozen=True, kw_only=True):
    """Where the server listens, and what this process does."""

    listen: Annotated[
        str,
        Meta(
            pattern=r"^[^\s/]*:\d{1,5}$",
            title="HOST:PORT",
            description="`HOST:PORT` to listen on; port 0 takes any.",
        ),
    ] = "127.0.0.1:8088"
    public_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^/?#\s]+[^?#\s]*)?$",
            title="http://HOST or https://HOST, with or without a path",
            description="The one base of every absolute URI in answers; empty: `http://` and "
            "`listen`.",
        ),
    ] = ""
    roles: Annotated[
        tuple[Role, ...],
        Meta(
            min_length=1, description="What this process does; without `api` only its pages answer."
        ),
    ] = ("api", "events", "transport", "worker")
    max_body: Annotated[
        Count, Meta(description="The largest request body that is read, in octets.")
    ] = 10_485_760

    @property
    def host(self) -> str:
        """The host part of `listen`; an IPv6 address keeps its brackets."""
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port part of `listen`."""
        return int(self.listen.rpartition(":")[2])

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK_HOSTS or self.host.startswith("127.")

    @property
    def base_url(self) -> str:
        """The base of every absolute URI, without a slash at its end."""
        host = "localhost" if self.host in WILDCARD_HOSTS else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"


class Store(Section, frozen=True, kw_only=True):
    """Where messages are kept."""

    data: Annotated[
        str, Meta(description="The data directory: the SQLite file, local objects, `demo.env`.")
    ] = "data"
    url: Annotated[
        str,
        Meta(
            pattern=r"^(sqlite|postgres(ql)?://\S+)$",
            title="sqlite or postgresql://…",
            description="`sqlite` (a file in `data`), or `postgresql://user:password@host/name`.",
        ),
    ] = "sqlite"
    readers: Annotated[Count, Meta(description="Connections that read.")] = 4
    writers: Annotated[
        Count, Meta(description="Connections that write; SQLite always has exactly one.")
    ] = 2
    queue: Annotated[
        Count, Meta(description="Writes that may wait; beyond that requests answer 503.")
    ] = 10_000
    objects: Annotated[
        str,
        Meta(
            description="Where binary content is kept: a directory, or `s3://bucket/prefix`; "
            "empty: `objects` in `data`.",
        ),
    ] = ""

    @property
    def sqlite_file(self) -> Path | None:
        """The SQLite file, or `None` when the store is PostgreSQL."""
        return Path(self.data, "postroom.db") if self.url == "sqlite" else None

    @property
    def objects_directory(self) -> Path | None:
        """The directory of local objects, or `None` when they are in a bucket."""
        if self.objects.startswith("s3://"):
            return None
        return Path(self.objects) if self.objects else Path(self.data, "objects")


class S3(Section, frozen=True, kw_only=True):
    """How the bucket of `[store] objects` is reached."""

    endpoint: Annotated[str, Meta(description="Base URL; empty: Amazon's own.")] = ""
    region: Annotated[str, Meta(description="The bucket's region.")] = "us-east-1"
    access_key_id: Annotated[str, Meta(description="Empty: what the environment offers.")] = ""
    secret_access_key: Annotated[str, Meta(description="The secret of `access_key_id`.")] = ""
    allow_http: Annotated[bool, Meta(description="Whether an `http://` endpoint will do.")] = False


class Limits(Section, frozen=True, kw_only=True):
    """Rate limits per user, app and group, as RingCentral documents them."""

    enabled: Annotated[
        bool, Meta(description="Whether limits apply; off in demo mode unless set.")
    ] = True
    light: Annotated[Count, Meta(description="Light requests per window.")] = 50
    medium: Annotated[Count, Meta(description="Medium requests per window.")] = 40
    heavy: Annotated[Count, Meta(description="Heavy requests per window.")] = 10
    auth: Annotated[Count, Meta(description="Token requests per window.")] = 5
    window: Annotated[Count, Meta(description="The sliding window, in seconds.")] = 60
    penalty: Annotated[
        Count, Meta(description="Seconds of 429 after a limit; each request starts it again.")
    ] = 60


class Auth(Section, frozen=True, kw_only=True):
    """Logging in."""

    access_token_ttl: Annotated[
        int, Meta(ge=600, le=3600, description="Life of an access token, in seconds.")
    ] = 3600
    refresh_token_ttl: Annotated[
        int, Meta(ge=600, le=2_592_000, description="Life of a refresh token, in seconds.")
    ] = 604_800
    code_ttl: Annotated[Count, Meta(description="Life of an authorization code, in seconds.")] = 60
    password_grant: Annotated[
        bool, Meta(description="Whether the `password` grant is accepted.")
    ] = True
    sessions: Annotated[
        Count, Meta(description="Sessions per user and app; one more ends the oldest.")
    ] = 5


class Log(Section, frozen=True, kw_only=True):
    """What is written to standard error; never a text, a token or a secret."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least level that is written."),
    ] = "info"
    format: Annotated[
        Literal["json", "console"], Meta(description="One JSON object a line, or for people.")
    ] = "json"
    access: Annotated[bool, Meta(description="A line per HTTP request.")] = False
    journal: Annotated[bool, Meta(description="A line per thing that happens to a message.")] = True


class Sms(Section, frozen=True, kw_only=True):
    """SMS between here and the carriers."""

    retry_hours: Annotated[
        Count, Meta(description="Hours of trying after temporary errors, then SendingFailed.")
    ] = 24
    reassembly_timeout: Annotated[
        Count, Meta(description="Seconds to wait for the missing parts of a long SMS.")
    ] = 300
    park_hours: Annotated[
        Count, Meta(description="Hours to keep a delivery receipt that fits no message.")
    ] = 72


class Sync(Section, frozen=True, kw_only=True):
    """Keeping clients' copies of a mailbox up to date."""

    overlap: Annotated[
        int,
        Meta(
            ge=0,
            le=60,
            description="Seconds before the last synchronization that are told again; "
            "RingCentral has 5, and nothing is missed with 0.",
        ),
    ] = 0


Days = Annotated[int, Meta(ge=1, le=3650)]
Number = Annotated[int, Meta(ge=0, le=10_000_000)]


class Keeping(Section, frozen=True, kw_only=True):
    """How long messages are kept, and how many, where an account chose nothing else."""

    deleted_days: Annotated[
        Days, Meta(description="Days until a deleted message is purged: its content is gone.")
    ] = 5
    purged_days: Annotated[
        Days, Meta(description="Days until a purged message is removed without a trace.")
    ] = 5
    retention_days: Annotated[
        int,
        Meta(ge=0, le=90, description="Days until faxes and voicemails are deleted; 0: never."),
    ] = 90
    texts: Annotated[
        Number, Meta(description="Received SMS and pages in a mailbox, and sent ones; 0: any.")
    ] = 5000
    faxes: Annotated[Number, Meta(description="Faxes in a mailbox; 0: any.")] = 200
    voicemails: Annotated[Number, Meta(description="Voicemails in a mailbox; 0: any.")] = 200
    every: Annotated[
        Count, Meta(description="Seconds from one round of the sweeper to the next.")
    ] = 60


class Reports(Section, frozen=True, kw_only=True):
    """Message store reports, which administrators ask for over the API."""

    keep_days: Annotated[
        Count, Meta(description="Days until a finished report and its archives are removed.")
    ] = 7


class Demo(Section, frozen=True, kw_only=True):
    """The demo company; `--demo` switches it on."""

    enabled: Annotated[bool, Meta(description="Seed the demo company into empty data.")] = False
    anywhere: Annotated[
        bool, Meta(description="Let the demo listen on an address that others can reach.")
    ] = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one process."""

    server: Server = Server()
    store: Store = Store()
    s3: S3 = S3()
    limits: Limits = Limits()
    auth: Auth = Auth()
    log: Log = Log()
    sms: Sms = Sms()
    keeping: Keeping = Keeping()
    sync: Sync = Sync()
    reports: Reports = Reports()
    carriers: dict[str, Carrier] = {}
    demo: Demo = Demo()


SECRETS = {"store": ("url",), "s3": ("secret_access_key",), "carriers": ("password",)}
"""Keys of each section that may also be read from a file named by `KEY_file`."""

SWITCHED_BY_DEMO = {"limits": {"enabled": False}}
"""Defaults that demo mode changes."""
