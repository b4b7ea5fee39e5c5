"""A group of commands with options of many types, and its completion."""

# packages: click
import click
from click.shell_completion import BashComplete
from click.testing import CliRunner


@click.group()
@click.version_option("1")
def main():
    pass


@main.command()
@click.option("--count", type=click.IntRange(1, 9), prompt=True)
@click.option("--when", type=click.DateTime())
@click.option("--kind", type=click.Choice(["a", "b"]), default="a", show_default=True)
@click.argument("file", type=click.File("w"), default="-")
def run(count, when, kind, file):
    with click.progressbar(range(count)) as bar:
        for one in bar:
            click.secho(f"{one} {kind} {when}", fg="green", file=file)
    click.echo_via_pager("done")


runner = CliRunner()
assert runner.invoke(main, ["run", "--when", "2020-01-01"], input="3\n").exit_code == 0
assert runner.invoke(main, ["run", "--help"]).exit_code == 0
assert runner.invoke(main, ["run", "--count", "x"]).exit_code == 2
BashComplete(main, {}, "main", "_MAIN_COMPLETE").get_completions(["run"], "--")
