"""Keeps a line in the journal, and nothing else: its token allows writing, not reading.

    (umask 077; haven token create --name first-entry --scope write > token)
    python first_entry.py FOLDER_OF_THE_JOURNAL token "A line to keep."

The modules of the protocol are made from the .proto files by grpcio-tools (docs/PLUGINS.md).
"""

import sys
from pathlib import Path

import grpc
from grpc_status import rpc_status
from haven.v1 import entry_pb2, error_pb2, journal_pb2, journal_pb2_grpc


def connect(folder):
    """The daemon's socket lies in the folder of the journal."""
    # gRPC would send the socket's path as the name of the host, and the daemon refuses a name that cannot be one.
    return grpc.insecure_channel(f"unix://{folder}/havend.sock", options=[("grpc.default_authority", "localhost")])


def explain(error):
    """What failed, why and what to do next, from the envelope of every error."""
    status = rpc_status.from_call(error)
    envelope = error_pb2.ErrorDetail()
    if status is None or not any(detail.Unpack(envelope) for detail in status.details):
        return f"{error.code()}: {error.details()}"
    name = error_pb2.ErrorReason.Name(envelope.reason).removeprefix("ERROR_REASON_")
    return f"{name}: {envelope.what}: {envelope.why}. {envelope.next}"


def main(folder, token_file, text):
    token = Path(token_file).read_text().strip()
    credentials = [("authorization", f"Bearer {token}")]
    with connect(Path(folder).absolute()) as channel:
        journal = journal_pb2_grpc.JournalServiceStub(channel)
        try:
            draft = entry_pb2.Draft(text=text, tags=["plug-in"])
            kept = journal.AddEntry(journal_pb2.AddEntryRequest(draft=draft), metadata=credentials, timeout=10)
            print(kept.id)
        except grpc.RpcError as error:
            sys.exit(explain(error))
        try:
            journal.ListEntries(journal_pb2.ListEntriesRequest(), metadata=credentials, timeout=10)
            sys.exit("this token should not be able to read")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.PERMISSION_DENIED, error
            print(explain(error), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
