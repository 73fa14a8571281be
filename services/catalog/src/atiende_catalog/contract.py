"""What the catalog says and serves; it hears nothing."""

from __future__ import annotations

from atiende.catalog.v1 import catalog_service_pb2
from atiende.catalog.v1 import events_pb2 as catalog
from atiende_kit.contract import ServiceContract

CONTRACT = ServiceContract(
    name="catalog",
    publishes=(catalog.ReleasePublished,),
    rpc_services=(catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],),
)
