// A device that leads through walks, for tests: it keeps what is answered as the daemon does, asks page after page, and can be locked.

import { create, fromBinary, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import { Reason } from "../core/fault";
import { SealDraftRequestSchema, SealDraftResponseSchema } from "../core/gen/haven/v1/drafts_pb";
import { WatchEventsResponseSchema } from "../core/gen/haven/v1/events_pb";
import { FieldSchema, type Field } from "../core/gen/haven/v1/exercise_pb";
import { VaultState } from "../core/gen/haven/v1/vault_pb";
import {
  BeginWalkResponseSchema,
  FinishWalkResponseSchema,
  QuestionPageSchema,
  StepWalkRequestSchema,
  StepWalkResponseSchema,
  WalkPageSchema,
  WalkSchema,
  type QuestionPage,
  type StepWalkRequest,
  type Walk,
  type WalkPage,
} from "../core/gen/haven/v1/walk_pb";
import { isNothing, NOTHING, type Value } from "../core/walk/value";
// Here already when a walk begins.
import "../ui/walk/care";
import "../ui/walk/Done.svelte";
import { Device, refuses, says, type Answer } from "./device";

export type PageInit = NonNullable<MessageInitShape<typeof WalkPageSchema>["kind"]>;
type QuestionInit = Omit<MessageInitShape<typeof QuestionPageSchema>, "field" | "$typeName">;

/** A page that asks one question. */
export function asks(field: MessageInitShape<typeof FieldSchema>, more: QuestionInit = {}): PageInit {
  const whole: Field = create(FieldSchema, { id: "q1", label: "What is it?", ...field });
  return { case: "question", value: create(QuestionPageSchema, { field: whole, answerId: whole.id, number: 1, total: 1, ...more }) };
}

export class Walker extends Device {
  /** Whether the journal is locked. */
  isLocked = false;
  /** The entry that a walk becomes; empty where nothing is kept. */
  entryId = "e".repeat(32);
  /** Whether it does what it's asked to, and no answer comes. */
  isSilent = false;
  /** How many calls were made to outlive the page. */
  lasting = 0;
  /** Until when a step waits for its answer. */
  until: Promise<void> | undefined;
  /** Says why an answer isn't taken; empty if it is. */
  misfit: (value: Value) => string = () => "";
  /** What was done so far, in order. */
  readonly moves: StepWalkRequest["move"][] = [];
  /** What was sealed while the journal was locked. */
  readonly sealed: MessageShape<typeof SealDraftRequestSchema>[] = [];
  readonly #hearing = new Map<string, (body: Uint8Array) => Answer>();
  readonly #pages: readonly PageInit[];
  readonly #emergency: string;

  constructor(pages: readonly PageInit[], emergency = "") {
    super();
    this.#pages = pages;
    this.#emergency = emergency;
    this.hears("WalkService/BeginWalk", () => this.begins());
    this.hears("WalkService/StepWalk", (body) => this.#step(fromBinary(StepWalkRequestSchema, body)));
    this.hears("WalkService/FinishWalk", () => this.finishes());
    this.hears("DraftService/SealDraft", (body) => {
      this.sealed.push(fromBinary(SealDraftRequestSchema, body));
      return says(SealDraftResponseSchema, { id: "d".repeat(32), waiting: 1 });
    });
  }

  /** The answers to a question so far, notes and answers alike. */
  get values(): readonly unknown[] {
    return this.moves.filter(({ case: is }) => is === "note" || is === "answer").map(({ value }) => plain(value as Value));
  }

  finishes(): Answer {
    return says(FinishWalkResponseSchema, { entryId: this.entryId, complete: true });
  }

  /** The first page. */
  begins(): Answer {
    return says(BeginWalkResponseSchema, { walk: this.#at(0, this.#fresh()) });
  }

  #fresh(): Walk {
    const draft = { draftId: "d".repeat(32), draft: { exercise: { id: "thought-check" }, answers: {} } };
    return create(WalkSchema, { subject: { title: "Check a thought", minutes: 5 }, draft, emergency: this.#emergency });
  }

  #step({ walk, move }: StepWalkRequest): Answer {
    if (this.isLocked) {
      return refuses(Reason.LOCKED);
    }
    this.moves.push(move);
    const at = Number(walk?.at);
    const now = walk as Walk;
    const page = this.#pages[at];
    const value = move.case === "answer" || move.case === "note" ? move.value : NOTHING;
    if (page?.case === "question" && (move.case === "answer" || move.case === "note" || move.case === "skip")) {
      const { answerId } = page.value as QuestionPage;
      delete now.draft!.draft!.answers[answerId];
      if (!isNothing(value)) {
        now.draft!.draft!.answers[answerId] = value;
      }
      now.isKept = true;
    }
    const hint = move.case === "answer" ? this.misfit(value) : "";
    const stays = move.case === "note" || hint !== "";
    const next = stays ? at : move.case === "to" ? Number(move.value) : at + (move.case === "back" ? -1 : 1);
    return says(StepWalkResponseSchema, { walk: { ...this.#at(next, now), hint } });
  }

  #at(at: number, walk: Walk): Walk {
    const kind = this.#pages[at] ?? { case: "end" as const, value: { hasAnswers: true } };
    const page: WalkPage = create(WalkPageSchema, { kind, hasBack: at > 0 } as MessageInitShape<typeof WalkPageSchema>);
    if (page.kind.case === "question") {
      const answer = walk.draft?.draft?.answers[page.kind.value.answerId];
      page.kind.value.answer = answer ?? page.kind.value.answer;
    }
    return create(WalkSchema, { ...walk, at: String(at), page, hint: "" });
  }

  /** Answers a call by what it brings. */
  hears(path: string, answer: (body: Uint8Array) => Answer): void {
    this.#hearing.set(path, answer);
  }

  /** As `fetch` of a device, with answers that depend on what is asked. */
  readonly way: typeof fetch = async (input, init) => {
    const path = new URL(String(input)).pathname.replace("/haven.v1.", "");
    if (path === "EventService/WatchEvents") {
      return stays(says(WatchEventsResponseSchema, { status: { state: this.isLocked ? VaultState.LOCKED : VaultState.UNLOCKED } }));
    }
    const answer = this.#hearing.get(path);
    if (answer) {
      // The first five bytes are the frame's own.
      const body = new Uint8Array(await new Response(init?.body).arrayBuffer()).slice(5);
      const said = answer(body);
      this.answers(path, this.isSilent ? "refused" : said);
      this.lasting += init?.keepalive ? 1 : 0;
      await (path === "WalkService/StepWalk" && this.until);
    }
    return this.fetch(input, init);
  };
}

/** A stream that has said one thing and stays open, as a daemon's does. */
function stays(said: Answer): Response {
  const [first] = said as Uint8Array<ArrayBuffer>[];
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (to) => to.enqueue(first!) });
  return new Response(body, { headers: { "content-type": "application/grpc-web+proto" } });
}

/** A value as JSON has it, to compare. */
export function plain(value: Value | undefined): unknown {
  switch (value?.kind.case) {
    case undefined:
      return null;
    case "list":
      return value!.kind.value.values.map(plain);
    case "map":
      return Object.fromEntries(Object.entries(value!.kind.value.values).map(([name, part]) => [name, plain(part)]));
    default:
      return value!.kind.value;
  }
}
