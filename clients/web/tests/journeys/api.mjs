// The app's own calls, made from outside a browser: what a journey needs that no command does.

import { join } from "node:path";
import { createServer } from "vite";

const root = join(import.meta.dirname, "../..");

/** Loads modules of the app as they stand; close it at the end. */
export async function modules() {
  const server = await createServer({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  return { load: (path) => server.ssrLoadModule(`/${path}`), close: () => server.close() };
}

/** A way to the device with a token: `client(Service)` gives its calls. */
export async function api({ load }, { token, origin }) {
  const [{ openDoor }, { Session }] = await Promise.all([load("core/door.ts"), load("core/session.ts")]);
  const session = new Session(undefined);
  session.begin(token);
  const door = openDoor({ baseUrl: origin, fetch: from(origin), session, language: "en", onOver: () => {} });
  const service = async (name, file) => door.client((await load(`core/gen/haven/v1/${file}_pb.ts`))[name]);
  return { door, service };
}

/** A call says which page it comes from, as the door asks of everything that speaks gRPC-web. */
function from(origin) {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("origin", origin);
    return fetch(input, { ...init, headers });
  };
}
