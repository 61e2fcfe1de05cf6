import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EntryVersionSchema, MetPartKind } from "../gen/haven/v1/entry_pb";
import { effectOfAll, effectOfOne, toEdit } from "./choices";

const { TEXT, TITLE, TIME, ANSWER, TRASH } = MetPartKind;

function check(sides: [MetPartKind, boolean][][], effects: string[], all: string, edit: string): void {
  const versions = sides.map((parts) => create(EntryVersionSchema, { metParts: parts.map(([kind, takesAway]) => ({ kind, takesAway })) }));
  expect(versions.map((side, at) => effectOfOne(side, at === 0))).toEqual(effects);
  expect(effectOfAll(versions)).toBe(all);
  expect(toEdit(versions)).toBe(edit);
}

const shown = "is the one your journal shows now, and stays as it is";

test("every choice says what it does", () => {
  const editText = "Or edit its text: what you write replaces both versions, on all your devices.";
  check([[[TEXT, false]], [[TEXT, false]]], [shown, "uses this text"], "keeps both texts, one after the other where they differ", editText);
  const nothingTaken = "keeps all that was changed in the text, and takes nothing away";
  check([[[TEXT, false]], [[TEXT, true]]], [shown, "leaves out what only the other version has (it stays in the history)"], nothingTaken, editText);
  check(
    [[[TRASH, false]], [[TRASH, true]]],
    [`${shown}, out of the trash`, "puts the entry into the trash"],
    "keeps the entry out of the trash",
    "Or go on writing in it: then it stays, on all your devices.",
  );
  const mine: [MetPartKind, boolean][] = [[TEXT, false], [TITLE, false], [TRASH, false]];
  check(
    [mine, mine, [[TRASH, true]]],
    [`${shown}, out of the trash`, "uses this text and this title and keeps it out of the trash", "puts the entry into the trash"],
    "keeps all texts, one after the other where they differ, puts all titles side by side, and keeps the entry out of the trash",
    "Or edit its text and title: what you write replaces both versions, on all your devices.",
  );
  const answers: [MetPartKind, boolean][] = [[ANSWER, false], [ANSWER, false]];
  check(
    [answers, [[ANSWER, false], [TIME, false]]],
    [shown, "uses these answers and this date"],
    "keeps the date that your journal shows now and keeps answers in your own words one after the other, and other answers as your journal shows them now",
    "Or edit its date: what you write replaces both versions, on all your devices.",
  );
});
