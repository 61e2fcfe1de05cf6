// The way to the device: one transport for all services, which carries the token and tells two things apart from other errors:
// nobody answers, and the session is over.

import { Code, ConnectError, createClient, type Client, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { faultOf, Reason } from "./fault";
import { ErrorDetailSchema } from "./gen/haven/v1/error_pb";
import { EventService } from "./gen/haven/v1/events_pb";
import { GrantService } from "./gen/haven/v1/grants_pb";
import { SupportService } from "./gen/haven/v1/support_pb";
import { VaultService } from "./gen/haven/v1/vault_pb";
import type { Session } from "./session";

export interface Door {
  readonly vault: Client<typeof VaultService>;
  readonly events: Client<typeof EventService>;
  readonly grants: Client<typeof GrantService>;
  readonly support: Client<typeof SupportService>;
}

export interface Way {
  /** Where the device answers: the page's own origin. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly session: Session;
  /** Called when the device says that the session is over. */
  readonly onOver: () => void;
}

export function openDoor(way: Way): Door {
  const transport = createGrpcWebTransport({
    baseUrl: way.baseUrl,
    fetch: way.fetch,
    interceptors: [carry(way)],
  });
  return {
    vault: createClient(VaultService, transport),
    events: createClient(EventService, transport),
    grants: createClient(GrantService, transport),
    support: createClient(SupportService, transport),
  };
}

function carry(way: Way): Interceptor {
  return (next) => async (request) => {
    const token = way.session.token;
    if (token) {
      request.header.set("authorization", `Bearer ${token}`);
    }
    const told = (error: unknown): ConnectError => {
      const named = name(error);
      // Only the token that was sent is over: another one may have come meanwhile.
      if (faultOf(named).reason === Reason.NO_SESSION && token && way.session.token === token) {
        way.onOver();
      }
      return named;
    };
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: retold(response.message, told) } : response;
    } catch (error) {
      throw told(error);
    }
  };
}

async function* retold<T>(messages: AsyncIterable<T>, told: (error: unknown) => ConnectError): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw told(error);
  }
}

/** Gives an error without an envelope the one it lacks: a network that is gone comes as a TypeError of fetch, or as a proxy's 502. */
function name(error: unknown): ConnectError {
  const connect = ConnectError.from(error);
  const isGone = connect.cause instanceof TypeError || error instanceof TypeError || connect.code === Code.Unavailable;
  if (connect.findDetails(ErrorDetailSchema).length > 0 || !isGone) {
    return connect;
  }
  const value = { reason: Reason.DAEMON_UNREACHABLE };
  return new ConnectError(connect.rawMessage, Code.Unavailable, undefined, [{ desc: ErrorDetailSchema, value }], connect.cause);
}
