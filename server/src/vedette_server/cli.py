"""The `vedette` command where the server is installed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pydantic
import typer
from rich.console import Console
from rich.table import Table

from vedette_server import bootstrap, doctor, processes
from vedette_server.data_directory import DataDirectory
from vedette_server.domain.errors import VedetteError
from vedette_server.logs import configure_logs
from vedette_server.settings import Settings

app = typer.Typer(
    name="vedette",
    help="Monitoring for vision models, on your own machines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
tokens = typer.Typer(help="API tokens: make, list, revoke.", no_args_is_help=True)
app.add_typer(tokens, name="token")
keys = typer.Typer(help="Signing keys of monitoring tokens and picture addresses.", no_args_is_help=True)
app.add_typer(keys, name="keys")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Host = Annotated[str | None, typer.Option(help="The address to listen on [VEDETTE_LISTEN_HOST, 127.0.0.1].")]
Port = Annotated[int | None, typer.Option(help="The port to listen on [VEDETTE_LISTEN_PORT, 8600].")]
DataDir = Annotated[Path | None, typer.Option(help="Where the embedded stores are [VEDETTE_DATA_DIR, ./vedette-data].")]


@contextmanager
def explained() -> Iterator[None]:
    """What the user can mend ends in a sentence, not in a traceback."""
    try:
        yield
    except VedetteError as error:
        err.print(f"vedette: {error}", style="red")
        raise typer.Exit(1) from error
    except OSError as error:
        err.print(f"vedette: {error}", style="red")
        raise typer.Exit(1) from error


def load_settings(**given: Any) -> Settings:
    """Settings, with what the command line gives in front."""
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except pydantic.ValidationError as error:
        for problem in error.errors():
            name = "VEDETTE_" + ".".join(str(step) for step in problem["loc"]).upper()
            err.print(f"vedette: {name}: got {problem['input']!r}, {problem['msg']}", style="red")
        raise typer.Exit(2) from error
    configure_logs(settings.log_level, settings.log_format)
    return settings


@app.command()
def up(host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """API, worker and dashboard in one command, with nothing else needed."""
    with explained():
        settings = load_settings(listen_host=host, listen_port=port, data_dir=data_dir)
        # Refused here, before two processes refuse it one after the other.
        DataDirectory(settings.data_dir).lock("api").close()
        with processes.worker_beside(settings):
            bootstrap.run_api(settings, _announce)


@app.command()
def api(host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """The API and the dashboard alone."""
    with explained():
        bootstrap.run_api(load_settings(listen_host=host, listen_port=port, data_dir=data_dir), _announce)


@app.command()
def worker(data_dir: DataDir = None) -> None:
    """The worker alone: it measures what the API records."""
    with explained():
        processes.become_worker(load_settings(data_dir=data_dir))


@app.command(name="doctor")
def doctor_command(data_dir: DataDir = None) -> None:
    """Look at an installation and say what is there and what is wrong."""
    with explained():
        report = doctor.examine(load_settings(data_dir=data_dir))
    table = Table(box=None, show_header=False)
    for finding in report:
        mark = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "wrong": "[red]wrong[/]"}[finding.state]
        table.add_row(mark, finding.subject, finding.words)
    out.print(table)
    if any(finding.state == "wrong" for finding in report):
        raise typer.Exit(1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the native dialect."""
    document = bootstrap.openapi_document()
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Option(help="What the token is for.")],
    scope: Annotated[list[str], typer.Option(help="admin, read or predict; may be repeated.")],
    expires_in_days: Annotated[float | None, typer.Option(help="Else it lives until revoked.")] = None,
    organization: Annotated[str | None, typer.Option(help="Else VEDETTE_ORGANIZATION.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a token and print its text, which is shown this once."""
    with explained():
        settings = load_settings(data_dir=data_dir, organization=organization)
        out.print(bootstrap.create_token(settings, name, scope, expires_in_days))


@tokens.command("list")
def list_tokens(data_dir: DataDir = None) -> None:
    """All tokens of the organization, without their texts."""
    with explained():
        found = bootstrap.list_tokens(load_settings(data_dir=data_dir))
    table = Table("id", "name", "scopes", "created", "expires", "revoked", box=None)
    for token in found:
        moments = (token.created_at, token.expires_at, token.revoked_at)
        shown = [moment.strftime("%Y-%m-%d %H:%M") if moment else "" for moment in moments]
        table.add_row(str(token.id), token.name, " ".join(sorted(token.scopes)), *shown)
    out.print(table)


@tokens.command("revoke")
def revoke_token(token_id: UUID, data_dir: DataDir = None) -> None:
    """Revoke a token; a running server refuses it within a second."""
    with explained():
        bootstrap.revoke_token_by_id(load_settings(data_dir=data_dir), token_id)


@keys.command("rotate")
def rotate_keys(data_dir: DataDir = None) -> None:
    """Sign with a new key from the next start on; what the last one signed stays valid."""
    with explained():
        key_id = DataDirectory(load_settings(data_dir=data_dir).data_dir).rotate_signing_keys()
    out.print(f"signing key {key_id} is used from the next start on")


@app.command()
def demo(
    port: Port = None,
    data_dir: Annotated[Path, typer.Option(help="Where the demo's stores are.")] = Path("vedette-demo"),
    predictions: Annotated[int, typer.Option(help="Predictions a deployment to begin with.")] = 1500,
    browser: Annotated[bool, typer.Option(help="Open the page where there is a desktop.")] = True,
) -> None:
    """Two real segmentation programs on real pictures, watched live."""
    with explained():
        settings = load_settings(listen_port=port, data_dir=data_dir)
        raise typer.Exit(processes.run_demo(settings, out, predictions, open_browser=browser))


def _announce(url: str, new_token: str | None) -> None:
    err.print(f"Vedette listens on {url}")
    if new_token is not None:
        err.print(f"Sign in: {url}/#token={new_token}", soft_wrap=True)
        err.print("This token is shown once; it is also kept in admin-token in the data directory.")


def main() -> None:
    """The entry that the SDK's executable hands over to."""
    try:
        app()
    except subprocess.SubprocessError as error:
        err.print(f"vedette: {error}", style="red")
        raise SystemExit(1) from error
