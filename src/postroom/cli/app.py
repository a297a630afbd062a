"""`postroom app`: the applications that may ask for tokens."""

import argparse

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, show, tell
from postroom.directory import app_registry
from postroom.model.oauth import Grant

GRANTS = {
    "password": Grant.PASSWORD,
    "jwt": Grant.JWT_BEARER,
    "code": Grant.AUTHORIZATION_CODE,
    "refresh": Grant.REFRESH_TOKEN,
}


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("app", help="the applications that may ask for tokens")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add_action(actions, "list", "list the apps", list_apps, lists=True)
    adding = add_action(actions, "add", "register an app; its secret is shown once", add_app)
    adding.add_argument("name", help="what users see when they log in")
    adding.add_argument("--public", action="store_true", help="it cannot keep a secret: no secret")
    adding.add_argument(
        "--scope", action="append", default=[], help="a scope it may have; none: all of them"
    )
    adding.add_argument(
        "--grant", action="append", choices=GRANTS, help="a way to log in; none: all of its kind"
    )
    adding.add_argument("--redirect-uri", action="append", default=[], metavar="URI")
    adding.add_argument("--json", action="store_true", help="print JSON")
    removing = add_action(actions, "remove", "remove an app; its sessions end", remove_app)
    removing.add_argument("client_id", metavar="CLIENT_ID")


async def list_apps(office: Office, arguments: argparse.Namespace) -> None:
    """List the apps; they are the same for every account."""
    spelled = {grant: name for name, grant in GRANTS.items()}
    show(
        arguments,
        [
            {
                "clientId": app.client_id,
                "name": app.name,
                "public": app.is_public,
                "grants": sorted(spelled[grant] for grant in app.grants),
                "redirectUris": list(app.redirect_uris),
                "scopes": list(app.scopes),
            }
            for app in await app_registry.all_apps(office.store)
        ],
    )


async def add_app(office: Office, arguments: argparse.Namespace) -> None:
    """Register an app."""
    grants = arguments.grant and frozenset(GRANTS[name] for name in arguments.grant)
    app, secret = await app_registry.add_app(
        office.store,
        arguments.name,
        office.clock(),
        public=arguments.public,
        scopes=arguments.scope,
        grants=grants,
        redirect_uris=arguments.redirect_uri,
        signed=office.signature,
    )
    tell({"client id": app.client_id, "client secret": secret}, as_json=arguments.json)


async def remove_app(office: Office, arguments: argparse.Namespace) -> None:
    """Remove an app; what it was granted ends at once."""
    signed, id = office.signature, arguments.client_id
    if not await app_registry.remove_app(office.store, id, signed.at_ms, signed=signed):
        raise Refused(f"there is no app {arguments.client_id}")
    print(f"app {arguments.client_id} is removed")
