// Proves that the ear would hear: the same payloads in frames without a policy, put there as careless code would.

import { createServer } from "node:http";
import { EVIL } from "./corpus.mjs";

/** How many of them have to be heard doing something; the others need a click, another browser, or Markdown made HTML. */
const HEARD_MIN = 120;

/** Frames on one page. */
const BATCH = 60;

/** What a page says that allows nothing, to see that a refusal is heard. */
const STRICT = "default-src 'none'";
const REFUSED = `<script>canary(1)</script><img src="${EVIL}/i"><p style="color:red">x`;

/** Serves each payload at its number, `/batch/N` with frames of the payloads from N on, and `/strict` with a policy. */
async function serve(payloads) {
  const answers = (path) => {
    const [, kind, number] = path.split("/");
    const from = Number(number);
    switch (kind) {
      case "payload":
        return payloads[from] && { html: `<style>@keyframes fade{from{color:red}}</style><body>${payloads[from].text}` };
      case "batch":
        return { html: payloads.slice(from, from + BATCH).map((_, at) => `<iframe src="/payload/${from + at}"></iframe>`).join("") };
      case "strict":
        return { html: REFUSED, policy: STRICT };
      default:
        return undefined;
    }
  };
  const server = createServer((request, response) => {
    const answer = answers(request.url);
    const policy = answer?.policy ? { "content-security-policy": answer.policy } : {};
    response.writeHead(answer ? 200 : 404, { "content-type": "text/html", ...policy });
    response.end(answer ? `<!doctype html><meta charset="utf-8">${answer.html}` : "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), new Promise((done) => server.close(done))) };
}

/** Says what is wrong with the ear. */
export async function control(stage, payloads) {
  const place = await serve(payloads);
  const heard = { ran: 0, asked: 0, refused: 0, payloads: new Set() };
  const context = await stage.browser.newContext();
  try {
    await context.exposeBinding("canary", ({ frame }) => (heard.payloads.add(frame.url()), (heard.ran += 1)));
    await context.exposeBinding("sawViolation", () => (heard.refused += 1));
    await context.addInitScript(() => document.addEventListener("securitypolicyviolation", () => window.sawViolation("x")));
    const page = await context.newPage();
    page.on("request", (request) => request.url().startsWith(EVIL) && (heard.payloads.add(request.frame().url()), (heard.asked += 1)));
    page.on("dialog", (dialog) => void dialog.dismiss());
    for (let from = 0; from < payloads.length; from += BATCH) {
      await page.goto(`${place.origin}/batch/${from}`, { timeout: 10_000 }).catch(() => {});
    }
    const before = heard.ran;
    await page.goto(`${place.origin}/strict`);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    stage.hold(heard.refused >= 3, `the ear heard ${heard.refused} refusals of a policy that refused three things`);
    stage.hold(heard.ran === before, "a policy against scripts let one run");
    stage.hold(heard.payloads.size >= HEARD_MIN, `the ear heard ${heard.payloads.size} of ${payloads.length} payloads without a policy`);
    stage.hold(heard.ran > 80 && heard.asked > 20, `the ear heard ${heard.ran} scripts and ${heard.asked} requests`);
  } finally {
    await context.close();
    await place.close();
  }
  return heard;
}
