"""Small programs that stand in for those of others: Temporal's command, Go and uv."""

from __future__ import annotations

from pathlib import Path


def write_program(path: Path, script: str) -> Path:
    """Make a shell script that can be called by its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def write_temporal(path: Path, version: str) -> Path:
    """Make a command that says which version of Temporal it is."""
    return write_program(path, f'echo "temporal version {version} (Server 1.31.2, UI 2.50.1)"')


def write_go(path: Path, version: str, build: str) -> Path:
    """Make a Go that has a version, and for `go build` runs a script in which $output is the file to make."""
    return write_program(
        path,
        f"""
if [ "$1" = version ]; then echo "go version go{version} linux/amd64"; exit; fi
while [ "$1" != -o ]; do shift; done
output=$2
{build}""",
    )
