// Completes package-lock.json with the optional packages of other platforms that npm left out because the registry it asked
// did not carry them. `npm ci` refuses a lock file that lacks them ("Missing: … from lock file"). Run after every change of
// dependencies; writes only what is missing, with the exact version that the package asking for it names.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "x64"];
const LIBRARIES = { gnu: "glibc", musl: "musl", gnueabihf: "glibc", musleabihf: "musl" };

/** `binding-linux-arm64-musl` → os linux, cpu arm64, libc musl: how these packages are named everywhere. */
function platform(name) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) throw new Error(`${name}: which platform is it for?`);
  const library = os === "linux" ? LIBRARIES[words.at(-1)] : undefined;
  return { cpu: [cpu], os: [os], ...(library ? { libc: [library] } : {}) };
}

/** The entries to add, by place. */
export function missingFromLock({ packages }) {
  const missing = {};
  for (const asking of Object.values(packages)) {
    for (const [name, version] of Object.entries(asking.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`;
      if (packages[place] !== undefined || missing[place] !== undefined) continue;
      if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${name}@${version}: not an exact version, look it up by hand`);
      const { libc, cpu, os } = platform(name);
      missing[place] = { version, cpu, ...(asking.dev ? { dev: true } : {}), ...(libc ? { libc } : {}), optional: true, os };
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingFromLock(lock);
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
  if (Object.keys(missing).length > 0) writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} packages of other platforms added to package-lock.json\n`);
}
