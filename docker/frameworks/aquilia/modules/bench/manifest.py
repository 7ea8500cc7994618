from aquilia import AppManifest
from aquilia.manifest import LifecycleConfig

manifest = AppManifest(
    name="bench",
    version="1.0.0",
    base_path="modules.bench",
    controllers=["modules.bench.controllers:BenchController"],
    socket_controllers=["modules.bench.sockets:EchoSocket"],
    services=["modules.bench.services:UserStore"],
    lifecycle=LifecycleConfig(
        on_startup="modules.bench.lifecycle:open_pool",
        on_shutdown="modules.bench.lifecycle:close_pool",
    ),
)

__all__ = ["manifest"]
