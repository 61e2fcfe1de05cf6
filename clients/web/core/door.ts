// The way to the device: one transport for all services, which carries the token and tells two things apart from other errors:
// nobody answers, and the session is over. After a connection has ended it carries nothing until the device has proved itself.

import { Code, ConnectError, createClient, type Client, type Interceptor, type Transport } from "@connectrpc/connect";
import type { DescService } from "@bufbuild/protobuf";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { faultOf, Reason } from "./fault";
import { ErrorDetailSchema } from "./gen/haven/v1/error_pb";
import { EventService } from "./gen/haven/v1/events_pb";
import { GrantService } from "./gen/haven/v1/grants_pb";
import { SettingsService } from "./gen/haven/v1/settings_pb";
import { SupportService } from "./gen/haven/v1/support_pb";
import { VaultService } from "./gen/haven/v1/vault_pb";
import { Proof } from "./proof";
import type { Session } from "./session";

export interface Door {
  readonly vault: Client<typeof VaultService>;
  readonly events: Client<typeof EventService>;
  readonly grants: Client<typeof GrantService>;
  readonly settings: Client<typeof SettingsService>;
  readonly support: Client<typeof SupportService>;
  /** The client of a service that only some rooms need: its description is loaded with them. */
  client<T extends DescService>(service: T): Client<T>;
  readonly proof: Proof;
}

export interface Way {
  /** Where the device answers: the page's own origin. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly session: Session;
  /** The language of the page's own words, so that the device's come in the same; without it the browser names its person's. */
  readonly language?: string;
  /** Called when the device says that the session is over. */
  readonly onOver: () => void;
}

/** Opens it; a second door to the same device shares what is known of whoever answers. */
export function openDoor(way: Way, known?: Proof): Door {
  const bare = { baseUrl: way.baseUrl, fetch: way.fetch };
  const proof = known ?? new Proof(createClient(GrantService, createGrpcWebTransport(bare)));
  const transport = createGrpcWebTransport({ ...bare, interceptors: [carry(way, proof)] });
  return {
    proof,
    vault: createClient(VaultService, transport),
    events: createClient(EventService, transport),
    grants: createClient(GrantService, transport),
    settings: createClient(SettingsService, transport),
    support: createClient(SupportService, transport),
    client: clients(transport),
  };
}

/** One client a service, however often it's asked for. */
function clients(transport: Transport): Door["client"] {
  const made = new Map<string, unknown>();
  return <T extends DescService>(service: T): Client<T> => {
    const client = (made.get(service.typeName) as Client<T> | undefined) ?? createClient(service, transport);
    made.set(service.typeName, client);
    return client;
  };
}

function carry(way: Way, proof: Proof): Interceptor {
  return (next) => async (request) => {
    const token = way.session.token;
    if (token) {
      request.header.set("authorization", `Bearer ${token}`);
    }
    if (way.language) {
      request.header.set("accept-language", way.language);
    }
    const told = (error: unknown): ConnectError => {
      const named = name(error);
      if (faultOf(named).reason === Reason.DAEMON_UNREACHABLE) {
        proof.doubt();
      }
      // Only the token that was sent is over: another one may have come meanwhile.
      if (faultOf(named).reason === Reason.NO_SESSION && token && way.session.token === token) {
        way.onOver();
      }
      return named;
    };
    try {
      if (token && !(await proof.holds(token, request.signal))) {
        throw lacking(Reason.NO_SESSION, "somebody else answers", Code.Unauthenticated);
      }
      const response = await next(request);
      return response.stream ? { ...response, message: retold(response.message, told, proof) } : response;
    } catch (error) {
      throw told(error);
    }
  };
}

/** A stream, and after it doubt: its connection has ended, whatever for. */
async function* retold<T>(messages: AsyncIterable<T>, told: (error: unknown) => ConnectError, proof: Proof): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw told(error);
  } finally {
    proof.doubt();
  }
}

/** Gives an error without an envelope the one it lacks: a network that is gone comes as a TypeError of fetch, or as a proxy's 502. */
function name(error: unknown): ConnectError {
  const connect = ConnectError.from(error);
  const isGone = connect.cause instanceof TypeError || error instanceof TypeError || connect.code === Code.Unavailable;
  if (connect.findDetails(ErrorDetailSchema).length > 0 || !isGone) {
    return connect;
  }
  return lacking(Reason.DAEMON_UNREACHABLE, connect.rawMessage, Code.Unavailable, connect.cause);
}

function lacking(reason: Reason, message: string, code: Code, cause?: unknown): ConnectError {
  return new ConnectError(message, code, undefined, [{ desc: ErrorDetailSchema, value: { reason } }], cause);
}
