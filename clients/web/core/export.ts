// Everything out of the journal, as a file: one JSON object a line, as docs/EXPORT.md says.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { ExportFormat, JournalService } from "./gen/haven/v1/journal_pb";

/** Reads the whole journal. `hear` is told how many lines there are so far. */
export function exportLines(door: Door, hear: (lines: number) => void, signal: AbortSignal): Promise<Outcome<Blob>> {
  return attempt(async () => {
    const parts: string[] = [];
    let count = 0;
    const request = { format: ExportFormat.JSONL };
    for await (const { lines } of door.client(JournalService).exportEntries(request, { signal })) {
      parts.push(...lines.map((line) => `${line}\n`));
      count += lines.length;
      hear(count);
    }
    return new Blob(parts, { type: "application/jsonl" });
  });
}
