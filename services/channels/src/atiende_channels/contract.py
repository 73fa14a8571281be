"""What channels says and hears."""

from __future__ import annotations

from atiende.cases.v1 import cases_service_pb2
from atiende.catalog.v1 import catalog_service_pb2
from atiende.channels.v1 import channels_service_pb2, events_pb2
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.pace import SOON

DO_SEND_MESSAGE = "channels-do-send-message"
INTAKE = "intake"
"""Rows of the inbox, from the process that acknowledged them to one that reads them."""

CONTRACT = ServiceContract(
    name="channels",
    publishes=(events_pb2.MessageReceived, events_pb2.DeliveryUpdated),
    # Sending waits for a provider: a longer wait than a handler that only writes.
    consumes=(
        Consume(
            events_pb2.SendMessage,
            DO_SEND_MESSAGE,
            ack_wait_seconds=60,
            pace=SOON,
        ),
    ),
    rpc_services=(channels_service_pb2.DESCRIPTOR.services_by_name["ChannelsService"],),
    calls=(
        cases_service_pb2.DESCRIPTOR.services_by_name["CasesService"],
        catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],
    ),
    hand_overs=(INTAKE,),
)
