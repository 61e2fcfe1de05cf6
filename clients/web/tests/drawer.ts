// A device that keeps drafts as the real one does, as far as a page can tell: for tests of what becomes of words when something
// goes wrong at any of its calls.

import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { Reason } from "../core/fault";
import * as pb from "../core/gen/haven/v1/drafts_pb";
import { Device, refuses, says, type Answer } from "./device";

/**
 * What goes wrong at a call: nothing arrives, nobody answers, it's done and the answer is lost, it breaks off and is done when it's
 * delivered, it's locked from then on, refused.
 */
export type Mishap = "refused" | "silence" | "lost" | "late" | "lock" | Reason;

export class Drawer extends Device {
  readonly drafts = new Map<string, pb.SavedDraft>();
  readonly sealed: pb.SavedDraft[] = [];
  readonly entries: { id: string; text: string; title: string }[] = [];
  isLocked = false;
  /** Drafts change: how often so far. */
  revision = 0n;
  /** Which entries drafts have become. */
  readonly #committed = new Map<string, string>();
  readonly #late: (() => Answer)[] = [];
  #mishaps = new Map<number, Mishap>();
  #call = 0;

  constructor() {
    super();
    this.#serve("SaveDraft", pb.SaveDraftRequestSchema, ({ draft }) => this.#save(draft!));
    this.#serve("SealDraft", pb.SealDraftRequestSchema, ({ saved }) => this.#seal(saved!));
    this.#serve("GetDraft", pb.GetDraftRequestSchema, ({ draftId }) => this.#get(draftId));
    this.#serve("ListDrafts", pb.ListDraftsRequestSchema, () => this.#list());
    this.#serve("CommitDraft", pb.CommitDraftRequestSchema, ({ draftId, confirmed }) => this.#commit(draftId, confirmed));
    this.#serve("DiscardDraft", pb.DiscardDraftRequestSchema, ({ draftId }) => {
      this.drafts.delete(draftId);
      return says(pb.DiscardDraftResponseSchema, {});
    });
  }

  /** Lets something go wrong at the nth call from now, counted from 0. */
  mishap(nth: number, what: Mishap): void {
    this.#mishaps.set(this.#call + nth, what);
  }

  /** What was on its way all the time arrives now. */
  deliver(): void {
    this.#late.splice(0).forEach((act) => act());
  }

  /** How many calls there were. */
  get count(): number {
    return this.#call;
  }

  /** Opens it: what was sealed becomes drafts. */
  unlock(): void {
    this.isLocked = false;
    this.sealed.splice(0).forEach((saved) => this.#save(saved));
  }

  /** Writes drafts down, as the device does with those that are left alone. */
  fold(): void {
    for (const saved of this.drafts.values()) {
      if (!saved.held) {
        this.#fold(saved);
      }
    }
  }

  /** Every text there is, wherever it lies. */
  get texts(): string[] {
    return [...this.entries, ...[...this.drafts.values(), ...this.sealed].map(({ draft }) => draft!)].map(({ text }) => text);
  }

  #serve<T extends DescMessage>(rpc: string, request: T, act: (message: MessageShape<T>) => Answer): void {
    this.answers(`DraftService/${rpc}`, (bytes) => {
      const mishap = this.#mishaps.get(this.#call++);
      if (mishap === "refused" || mishap === "silence") {
        return mishap;
      }
      if (mishap === "late") {
        this.#late.push(() => act(fromBinary(request, bytes)));
        return "refused";
      }
      if (mishap === "lock") {
        this.isLocked = true;
        return "refused";
      }
      if (mishap !== undefined && mishap !== "lost") {
        return refuses(mishap);
      }
      if (this.isLocked && rpc !== "SealDraft") {
        return refuses(Reason.LOCKED);
      }
      const answer = act(fromBinary(request, bytes));
      return mishap === "lost" ? "refused" : answer;
    });
  }

  #save(saved: pb.SavedDraft): Answer {
    const known = this.drafts.get(saved.draftId);
    const entry = saved.entryId === "" ? this.#committed.get(saved.draftId) : undefined;
    const became = entry ? { entryId: entry, baseVersion: `${entry}v` } : saved;
    const { entryId, baseVersion } = known?.entryId ? known : became;
    this.drafts.delete(saved.draftId);
    this.drafts.set(saved.draftId, { ...saved, entryId, baseVersion, savedMs: BigInt(Date.now()) });
    this.revision += 1n;
    return says(pb.SaveDraftResponseSchema, {});
  }

  #seal(saved: pb.SavedDraft): Answer {
    if (this.isLocked) {
      this.sealed.push(saved);
    } else {
      this.#save(saved);
    }
    return says(pb.SealDraftResponseSchema, { id: saved.draftId, waiting: this.sealed.length });
  }

  #get(draftId: string): Answer {
    const draft = this.drafts.get(draftId);
    return draft ? says(pb.GetDraftResponseSchema, { draft }) : refuses(Reason.NOT_FOUND);
  }

  /** The last changed first. */
  #list(): Answer {
    const drafts = [...this.drafts.values()].reverse().map(({ draftId, entryId, savedMs }) => ({ draftId, entryId, savedMs }));
    return says(pb.ListDraftsResponseSchema, { drafts });
  }

  #commit(draftId: string, confirmed: boolean): Answer {
    const saved = this.drafts.get(draftId);
    const became = this.#committed.get(draftId);
    if (!saved && became) {
      return says(pb.CommitDraftResponseSchema, { id: became, version: "1", complete: true });
    }
    if (!saved || (saved.meant && !confirmed)) {
      return refuses(saved ? Reason.CONFIRMATION_NEEDED : Reason.NOT_FOUND);
    }
    const id = this.#fold(saved);
    this.#committed.set(draftId, id);
    this.drafts.delete(draftId);
    this.revision += 1n;
    return says(pb.CommitDraftResponseSchema, { id, version: "1", complete: true });
  }

  #fold(saved: pb.SavedDraft): string {
    const { title = "", text = "" } = saved.draft ?? {};
    const id = saved.entryId || `entry${this.entries.length}`;
    const known = this.entries.find((entry) => entry.id === id);
    if (known) {
      Object.assign(known, { title, text });
    } else {
      this.entries.push({ id, title, text });
    }
    Object.assign(saved, { entryId: id, baseVersion: `${id}v` });
    return id;
  }
}
