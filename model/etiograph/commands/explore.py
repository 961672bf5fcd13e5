"""``etiograph explore``: the explorer on this machine, or a class on one address."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from etiograph.commands import teach

LOCAL = "127.0.0.1"


def explore(
    network: Annotated[str, typer.Argument(metavar="NETWORK")] = "leg_cramps",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    class_: Annotated[
        bool, typer.Option("--class", help="Serve a class: students join with a code.")
    ] = False,
    address: Annotated[
        str, typer.Option(help="With --class: the one address of this machine to serve it on.")
    ] = LOCAL,
    lesson: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="With --class: a lesson of your own; may be given again."
        ),
    ] = None,
) -> None:
    """Open the explorer on this machine (127.0.0.1 only, no telemetry).

    With --class it serves a class instead, on the address named and no other. Exercises are made from NETWORK
    and from bundled ones; lessons are the bundled ones and those of your own.
    """
    from etiograph import load
    from etiograph.resources import networks

    load(network)  # a wrong name or file is refused here, not in the browser
    opened = network if network in networks() else str(Path(network).resolve())
    environment = {"ETIOGRAPH_NETWORK": opened}
    if class_:
        address = teach.class_address(address)
        environment |= teach.class_environment(address, port, lesson or ())
    elif address != LOCAL or lesson:
        given = "--lesson" if lesson else "--address"
        raise typer.BadParameter(f"{given} is for a class: add --class")
    prepare()
    become(explorer_command(port, browser=browser and not class_, address=address), environment)


def prepare() -> None:
    """Compile the kernels before the very first start, and say so: else the first page waits for them."""
    from etiograph.engine.warm import is_warm, warm_up

    if not is_warm():
        typer.echo("Getting ready. This takes up to a minute, the first time only ...", err=True)
        warm_up()


def networks() -> None:
    """List the bundled networks, each with what it is about."""
    from etiograph import load
    from etiograph.resources import networks as bundled

    for name in bundled():
        network = load(name)
        title = network.about.get("title", "")
        typer.echo(f"{name:18}{len(network.variables):>4} variables  {title}")


def become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run another program in place of this one, so that whatever ends this process ends it.

    A server left behind by its parent would go on showing what somebody entered.
    """
    import os
    import subprocess

    sys.stdout.flush()
    sys.stderr.flush()
    given = {**os.environ, **environment}
    if sys.platform == "win32":  # a process can't be replaced there; Ctrl+C reaches both
        served = subprocess.run(command, env=given, check=False)  # noqa: S603
        raise typer.Exit(served.returncode)
    os.execve(command[0], list(command), given)  # noqa: S606  no shell, only our own words


def explorer_command(port: int, *, browser: bool, address: str = LOCAL) -> list[str]:
    """The program that serves the explorer: bound to one address, nothing sent anywhere."""
    from etiograph.resources import app_folder

    script = app_folder() / "streamlit_app.py"
    return [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        f"--server.address={address}",
        f"--browser.serverAddress={address}",
        f"--server.port={port}",
        "--server.showEmailPrompt=false",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        # Streamlit itself sees whether there is a screen to open a browser on.
        *([] if browser else ["--server.headless=true"]),
    ]
