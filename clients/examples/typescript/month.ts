// Says on which days of this month something was written and with which tags, then keeps a line. Its token may read and write,
// and stays in its file: others can read a program's arguments.
//
//     (umask 077; haven token create --name month --scope read,write > token)
//     npm ci --ignore-scripts && npm run build
//     node made/month.js FOLDER_OF_THE_JOURNAL token "A line to keep."

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ErrorDetailSchema, ErrorReason } from "./gen/haven/v1/error_pb.js";
import { EventService } from "./gen/haven/v1/events_pb.js";
import { JournalService } from "./gen/haven/v1/journal_pb.js";
import { VaultState } from "./gen/haven/v1/vault_pb.js";

const [folder = ".", tokenFile = "token", text = ""] = process.argv.slice(2);
const token = readFileSync(tokenFile, "utf8").trim();
const port = readFileSync(join(folder, "loopback.port"), "utf8").trim();
const carry: Interceptor = (next) => (request) => {
  request.header.set("authorization", `Bearer ${token}`);
  return next(request);
};
const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, interceptors: [carry], defaultTimeoutMs: 10_000 });
const [events, journal] = [createClient(EventService, transport), createClient(JournalService, transport)];

/** Waits until somebody opens the journal: states come, not changes, and the first one at once. */
async function opened(): Promise<void> {
  const enough = new AbortController();
  for await (const { status } of events.watchEvents({}, { signal: enough.signal, timeoutMs: 0 })) {
    if (status?.state !== VaultState.LOCKED) return enough.abort();
    console.error("The journal is locked; waiting until you open it.");
  }
}

async function month(now: Date): Promise<string> {
  const first = (months: number) => new Date(Date.UTC(now.getFullYear(), now.getMonth() + months)).toISOString().slice(0, 10);
  const { days } = await journal.listDays({ after: first(0), before: first(1) });
  const { tags } = await journal.listTags({});
  return `days: ${days.join(", ")}\ntags: ${tags.map(({ tag, entries }) => `${tag} (${entries})`).join(", ")}`;
}

/** What failed, why and what to do next; then what that means for this plug-in. */
function explain(error: unknown): string {
  const detail = ConnectError.from(error).findDetails(ErrorDetailSchema)[0];
  if (!detail) return ConnectError.from(error).message;
  const said = `${ErrorReason[detail.reason]}: ${detail.what}: ${detail.why}. ${detail.next}`;
  if (detail.reason === ErrorReason.LOCKED) return `${said} Look whether the line is there before you send it again.`;
  if (detail.reason === ErrorReason.NO_SESSION) return `${said} The token in ${tokenFile} is of no use any more.`;
  return detail.reason === ErrorReason.NOT_GRANTED ? `${said} It needs --scope read,write.` : said;
}

try {
  await opened();
  console.log(await month(new Date()));
  console.log((await journal.addEntry({ draft: { text, tags: ["plug-in"] } })).id);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
