from pathlib import Path

from aquilia import AquilaConfig, Module, Secret, Workspace
from aquilia.integrations import (
    DiIntegration,
    FaultHandlingIntegration,
    MiddlewareChain,
    RegistryIntegration,
    RoutingIntegration,
    StaticFilesIntegration,
)

import settings


class ProdEnv(AquilaConfig):
    env = "prod"

    class server(AquilaConfig.Server):
        debug = False
        access_log = False

    class auth(AquilaConfig.Auth):
        secret_key = Secret(env="AQ_SECRET_KEY", required=True)


workspace = (
    Workspace(name="framework-shootout", version="1.0.0")
    .env_config(ProdEnv)
    .middleware(MiddlewareChain.minimal())
    .module(Module("bench", version="1.0.0").route_prefix("/"))
    .integrate(DiIntegration(auto_wire=True))
    .integrate(RegistryIntegration())
    .integrate(RoutingIntegration(strict_matching=True))
    .integrate(FaultHandlingIntegration(default_strategy="propagate"))
    .integrate(StaticFilesIntegration(directories={"/static": str(Path(settings.FIXTURES) / "static")}))
)

__all__ = ["workspace"]
