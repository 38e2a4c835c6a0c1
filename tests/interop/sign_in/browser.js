// A browser for the variable BROWSER: drives Debian's Chromium from the start address to the last page of a sign-in.
//   node browser.js PLAN ADDRESS
// PLAN is a JSON file: `chromium`, `playwright`, `proxy`, `press` (the id of the button, or null if the page redirects at
// once), `directory` for the results, and `holds`: before the button and at the end, wait until the file of this name
// exists. The results are `ready` (the page with the button), `last` (the last page), and screenshots.
const fs = require("fs");
const http = require("http");
const net = require("net");
const path = require("path");

const [plan, address] = [JSON.parse(fs.readFileSync(process.argv[2])), process.argv[3]];
const { chromium } = require(plan.playwright);
const file = (name) => path.join(plan.directory, name);
const START = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--ignore-certificate-errors",
  `--proxy-server=${plan.proxy}`,
];

/** Writes a result. A reader never sees a part of it. */
function put(name, value) {
  fs.writeFileSync(file(`${name}.new`), JSON.stringify(value));
  fs.renameSync(file(`${name}.new`), file(name));
}

/** Waits for the file. After the check, its directory is removed. */
async function held(name) {
  while (plan.holds && fs.existsSync(plan.directory) && !fs.existsSync(file(name))) await new Promise((done) => setTimeout(done, 50));
}

const status = (url) =>
  new Promise((done) => http.get(url, { agent: false }, (answer) => done(answer.resume().statusCode)).on("error", done));

async function main() {
  const { hostname, port, origin } = new URL(address);
  // Browsers preconnect, and ask for an icon.
  const idle = net.connect(port, hostname);
  idle.on("error", () => {});
  const icon = await status(`${origin}/favicon.ico`);
  const browser = await chromium.launch({ executablePath: plan.chromium, args: START });
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
    const problems = [];
    // The double has no icon for its page, for which Chromium asks.
    page.on("console", (message) => {
      const { url } = message.location();
      if (!/^https:.*\/favicon\.ico$/.test(url)) problems.push(`${url.split("?")[0]}: ${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("requestfailed", (request) => problems.push(`${request.url().split("?")[0]}: ${request.failure().errorText}`));
    await page.goto(address);
    if (plan.press) {
      await page.waitForSelector(`#${plan.press}`);
      put("ready", { address, icon, again: await status(address), url: page.url().split("?")[0] });
      await held("press");
      await page.click(`#${plan.press}`);
    }
    await page.waitForSelector("main h1");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: file(`${colorScheme}.png`) });
    }
    const text = (selector) => page.locator(selector).allInnerTexts();
    const styled = await page.evaluate(() => getComputedStyle(document.querySelector("main")).borderRadius);
    const found = [...problems];
    // A style that the page's policy forbids: the console must report it, or the check of `problems` proves nothing.
    const reported = page.waitForEvent("console", { predicate: (message) => message.text().includes("Content Security Policy") });
    await page.evaluate(() => document.head.append(document.createElement("style").appendChild(new Text("*{}")).parentNode));
    await reported;
    const { hash } = new URL(page.url());
    put("last", { heading: (await text("h1"))[0], text: await text("p"), title: await page.title(), hash, styled, problems: found });
    await held("close");
  } finally {
    await browser.close();
    idle.destroy();
  }
}

main().catch((error) => {
  put("last", { heading: null, error: String(error) });
  process.exitCode = 1;
});
