"""gRPC: the listener, calls to peers, policies and the caller of an RPC."""

from atiende_kit.grpc_.caller import Caller, as_caller, caller, remaining_seconds, time_limit
from atiende_kit.grpc_.peer import GrpcPeer
from atiende_kit.grpc_.policy import allowed_callers, policies, unprotected_methods
from atiende_kit.grpc_.server import GrpcServer
from atiende_kit.grpc_.status import PeerFailure

__all__ = [
    "Caller",
    "GrpcPeer",
    "GrpcServer",
    "PeerFailure",
    "allowed_callers",
    "as_caller",
    "caller",
    "policies",
    "remaining_seconds",
    "time_limit",
    "unprotected_methods",
]
