"""Who may call an RPC, read from the contract itself."""

from collections.abc import Iterable

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from atiende.options.v1 import options_pb2


def allowed_callers(method: MethodDescriptor) -> frozenset[str]:
    """Return the names of the services that may call a method; empty when nobody is named."""
    policy = method.GetOptions().Extensions[options_pb2.policy]
    return frozenset(policy.callers)


def full_name(method: MethodDescriptor) -> str:
    """Return the method as gRPC names it: `/atiende.cases.v1.CasesService/GetCase`."""
    return f"/{method.containing_service.full_name}/{method.name}"


def policies(services: Iterable[ServiceDescriptor]) -> dict[str, frozenset[str]]:
    """Return the allowed callers of every method of the services."""
    return {
        full_name(method): allowed_callers(method)
        for service in services
        for method in service.methods
    }


def unprotected_methods(*services: ServiceDescriptor) -> list[str]:
    """List the methods whose contract names no caller; a test demands none."""
    return [name for name, callers in policies(services).items() if not callers]
