import { spawn } from "node:child_process";
import { existsSync, lstatSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Brings node_modules up to package-lock.json with `npm ci`, unless it already is. Ends the process with npm's own words
 * when that fails.
 */
export async function install(root) {
  if (isInstalled(root)) return;
  const packaged = process.platform === "linux" && process.arch === "x64";
  if (process.platform === "win32") fail("sagebrush runs on Windows through WSL: clone and start it inside the Linux there.");
  if (!packaged && major(process.versions.node) < 24) {
    fail(`On ${process.platform}-${process.arch} sagebrush needs Node 24 or newer; this is ${process.version}. Install it, then start again.`);
  }
  // The packaged Node is made for linux-x64 only and npm refuses the whole installation over it elsewhere (EBADPLATFORM).
  await npmCi(root, packaged ? [] : ["--force"]);
  // Elsewhere it could not run, and would hide the machine's own in every npm script.
  if (!packaged) for (const place of ["node24", join(".bin", "node")]) rmSync(join(root, "node_modules", place), { recursive: true, force: true });
}

/**
 * npm writes node_modules/.package-lock.json last and whole, so it is the stamp of a finished installation, whoever made
 * it: installed when it names every package of ours in the same version.
 */
function isInstalled(root) {
  const folder = join(root, "node_modules");
  // A link is somebody else's installation (a second working tree): `npm ci` would empty it under them.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  const stamp = join(folder, ".package-lock.json");
  if (!existsSync(stamp)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(stamp, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) =>
    path === "" || entry.link || entry.optional || entry.devOptional || same(entry, present[path]));
}

const same = (wanted, present) =>
  present !== undefined && wanted.version === present.version && wanted.integrity === present.integrity;

async function npmCi(root, flags) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const live = process.stderr.isTTY;
  const say = () => process.stderr.write(live ? `\rInstalling packages … ${seconds()} s` : "");
  if (!live) process.stderr.write("Installing packages …\n");
  say();
  const ticking = setInterval(say, 1000);
  const [command, args] = npm();
  const child = spawn(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error", ...flags], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const keep = (text) => (said = (said + String(text)).slice(-20_000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise((resolve) => {
    child.on("error", (error) => resolve(keep(error.message)));
    child.on("close", resolve);
  });
  clearInterval(ticking);
  process.stderr.write(live ? "\r\u001b[K" : "");
  if (code !== 0) fail(`${said.trim()}\nThe packages could not be installed: \`npm ci\` failed after ${seconds()} s, in npm's words above.`);
  process.stderr.write(`Packages installed in ${seconds()} s.\n`);
}

/** The npm that started us, on the Node it runs on (not the one in node_modules, which `npm ci` takes away); else the one in PATH. */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  return cli?.endsWith(".js") && node && existsSync(node) ? [node, [cli]] : ["npm", []];
}

const major = (version) => Number(version.split(".")[0]);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
