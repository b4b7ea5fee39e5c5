"""Bundles for the workers of a Dask cluster: there once per host, importable in every process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from distributed import Status, Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from modelops_bundle.codec.registry_yaml import decode
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.errors import BundleError, UsageError
from modelops_bundle.operations.cached import CachedBundle, ensure_cached
from modelops_bundle.operations.importable import ImportableBundles
from modelops_bundle.operations.worker_remote import open_worker_remote
from modelops_bundle.storage.bundle_cache import BundleCache, default_cache_folder
from modelops_bundle.storage.cache_damage import find_strangers
from modelops_bundle.storage.full_reference import parse_full_reference

logger = logging.getLogger(__name__)

#: As `sys.path` is one for the process, whatever workers are in it.
_importable = ImportableBundles()


class BundleSetupError(BundleError, RuntimeError):
    """A worker cannot have the bundle that it is to run."""

    code = "worker-setup"


@dataclass(frozen=True, slots=True)
class WorkerBundle:
    """A bundle that this worker imports from.

    Attributes:
        url: Where it is published.
        digest: That of its manifest: with `url` it says all of what runs.
        folder: Its files on this host; others use them too.
        behavior: Behaviour digests by entry, `model:<id>` or `target:<id>`: equal ones mean equal
            results for equal arguments.
    """

    url: str
    digest: str
    folder: Path
    behavior: Mapping[str, str]

    def tags(self, entry: str) -> dict[str, str]:
        """What to keep with a result of an entry, so that it tells what made it.

        Args:
            entry: `model:<id>` or `target:<id>`.

        Raises:
            UsageError: the bundle has no such entry.
        """
        behavior = self.behavior.get(entry)
        if behavior is None:
            raise UsageError(
                f"bundle {self.digest} has no entry {entry!r}",
                hint=f"it has {', '.join(self.behavior) or 'none'}",
            )
        return {"bundle": self.digest, "entry": entry, "behavior": behavior}


class BundlePlugin(WorkerPlugin):
    """Gives every worker of a cluster a published bundle to import from.

    Register it with `client.register_plugin(BundlePlugin(ref))`. A tag is resolved once, here, so
    that workers that join later run the same. Registering another version of the same repository
    replaces the first: its modules are forgotten. A worker whose set-up fails takes no tasks: one
    that joins a cluster leaves it again, and on one that is there `register_plugin` raises.
    """

    def __init__(
        self,
        ref: str,
        *,
        cache_dir: str | None = None,
        insecure: bool = False,
        link_files: bool = False,
        name: str | None = None,
    ) -> None:
        """Find out which bundle is meant.

        Args:
            ref: `URL@sha256:…`, or `URL:tag`, which is looked up now.
            cache_dir: On each host, shared by all its workers; by default that of the user whom
                they run as.
            insecure: The registry may do without TLS.
            link_files: Bundles share the files of the cache instead of copying them: only where
                nobody but the workers can write there.
            name: Of the plugin; by default one for each repository.

        Raises:
            UsageError: no full reference.
            RemoteError: a tag cannot be looked up.
        """
        full = parse_full_reference(ref)
        if full is None or not full.reference:
            raise UsageError(
                f"not a full reference: {ref!r:.200}", hint="give URL@sha256:... or URL:tag"
            )
        remote = open_worker_remote(full.url, insecure=insecure)
        wanted = full.reference
        is_whole = wanted.startswith("sha256:") and len(wanted) == len("sha256:") + 64
        self.digest = Digest.parse(wanted) if is_whole else remote.resolve(wanted)
        self.url = remote.url
        self.cache_dir = cache_dir
        self.insecure = insecure
        self.link_files = link_files
        self.name = name or f"modelops-bundle {self.url}"
        self.bundle: WorkerBundle | None = None
        self._held: CachedBundle | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({f'{self.url}@{self.digest}'!r})"

    async def setup(self, worker: Worker) -> None:
        """Have the bundle on this host and its modules importable.

        Raises:
            BundleSetupError: why that is not so; the worker must not run tasks.
        """
        try:
            # Fetching takes a while, in which the worker must show the scheduler that it lives.
            held = await asyncio.to_thread(self._ensure)
            try:
                _refuse_strangers(held)
                registry = _registry_of(held)
                _importable.add(self.digest, held.folder, registry.source_roots, held.files)
            except BaseException:
                held.release()
                raise
        except (BundleError, OSError) as error:
            failure = BundleSetupError(
                f"worker {worker.address_safe} cannot have {self.url}@{self.digest}: {error}",
                hint=getattr(error, "hint", ""),
            )
            _leave(worker, failure)
            raise failure from error
        self._held = held
        behavior = {str(key): str(e.behavior_digest) for key, e in registry.entries()}
        self.bundle = WorkerBundle(self.url, str(self.digest), held.folder, behavior)

    def teardown(self, worker: Worker) -> None:
        """Forget the modules, and let the bundle be pruned."""
        held, self._held, self.bundle = self._held, None, None
        if held is not None:
            _importable.remove(self.digest)
            held.release()

    def _ensure(self) -> CachedBundle:
        folder = default_cache_folder() if self.cache_dir is None else Path(self.cache_dir)
        remote = open_worker_remote(self.url, insecure=self.insecure)
        cache = BundleCache(folder, link_files=self.link_files)
        return ensure_cached(cache, remote, self.digest)


def worker_bundle(name: str | None = None) -> WorkerBundle:
    """The bundle of the worker that runs this task.

    Args:
        name: That of the plugin, where a worker has several.

    Raises:
        BundleSetupError: there is none, or there are several.
    """
    try:
        plugins = get_worker().plugins.values()
    except ValueError as error:
        raise BundleSetupError(
            "no Dask worker runs this code", hint="ask within a task, as client.submit runs it"
        ) from error
    found = [p for p in plugins if isinstance(p, BundlePlugin) and name in (None, p.name)]
    bundles = [plugin.bundle for plugin in found if plugin.bundle is not None]
    if len(bundles) == 1:
        return bundles[0]
    if not bundles:
        raise BundleSetupError(
            "this worker has no bundle", hint="register a BundlePlugin with the client first"
        )
    raise BundleSetupError(
        f"this worker has {len(bundles)} bundles", hint="say which: worker_bundle(plugin.name)"
    )


def _refuse_strangers(bundle: CachedBundle) -> None:
    """A module that is not the bundle's would run, and no digest would tell."""
    strangers = find_strangers(bundle.folder, bundle.files)
    if strangers:
        raise BundleSetupError(
            f"somebody has put {', '.join(strangers)} into {bundle.folder}",
            not_done="it is not imported from",
            hint="delete what is not the bundle's",
        )


def _registry_of(bundle: CachedBundle) -> BundleRegistry:
    if REGISTRY_PATH not in bundle.files:
        return BundleRegistry()
    content = (bundle.folder / REGISTRY_PATH).read_bytes()
    return decode(content, name=f"{REGISTRY_PATH} of {bundle.digest}")


def _leave(worker: Worker, failure: BundleSetupError) -> None:
    """Let a worker that has just joined leave: nobody waits for the outcome of its set-up."""
    joining = not worker.periodic_callbacks["keep-alive"].is_running()
    if joining and worker.status is Status.running:
        logger.error("%s; it leaves the cluster", failure)
        worker.loop.add_callback(worker.close, reason=str(failure), nanny=True)
