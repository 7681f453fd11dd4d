/** MAFFT, the program that the paper aligned with (§4.2), as a second engine: `mafft --text` on re-coded characters. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Alignment } from "../../analysis/align/align";

/**
 * Bytes that stand for characters in MAFFT's input. `mafft --text` takes 0x01 to 0xFF but for `>`, `<`, `=`, `-`, blank
 * and line ends; control characters are left out as well, because the scripts around the program read lines.
 */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte > 0x20 && byte !== 0x7f && !"<=>-".includes(String.fromCharCode(byte)),
);

/**
 * Aligns texts with MAFFT. Takes minutes for a hundred texts of a few thousand characters.
 * @param program its path, or its name on the PATH
 * @throws Error when it can't be started, fails, or answers with something else than the texts; AbortError on `signal`
 */
export async function alignByMafft(
  program: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Alignment> {
  const input = mafftInput(texts);
  if (input === null) return flush(texts);
  const folder = await mkdtemp(join(tmpdir(), "twinlens-mafft-"));
  try {
    const file = join(folder, "texts");
    await writeFile(file, input);
    const fasta = await run(program, ["--text", "--quiet", file], signal);
    return readMafft(fasta.toString("latin1"), texts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The texts as FASTA records named by their number. Characters are re-coded one to one, the commonest first, so that line
 * ends, blanks and all of Unicode survive; beyond the bytes there are, the rarest share one. Empty texts, which the
 * program refuses, stay outside; null when fewer than two texts are left.
 */
export function mafftInput(texts: readonly string[]): Buffer | null {
  const byteOf = byteCode(texts);
  const records = texts.flatMap((text, number) => {
    if (text === "") return [];
    const coded = Uint8Array.from([...text], (character) => byteOf.get(character)!);
    return [Buffer.concat([Buffer.from(`>${number}\n`), coded, Buffer.from("\n")])];
  });
  return records.length < 2 ? null : Buffer.concat(records);
}

/** The alignment that MAFFT's output, read as Latin-1, gives the texts. @throws Error when it is not theirs */
export function readMafft(fasta: string, texts: readonly string[]): Alignment {
  const { rows } = flush(texts);
  let columns = 0;
  for (const record of fasta.split(">").slice(1)) {
    const [name = "", ...lines] = record.split("\n");
    const aligned = lines.join("");
    const row = rows[Number(name)];
    let i = 0;
    for (let column = 0; column < aligned.length; column++) {
      if (aligned[column] !== "-" && row) row[i++] = column;
    }
    if (i !== row?.length) throw new Error("MAFFT's answer does not hold the texts.");
    columns = Math.max(columns, aligned.length);
  }
  return { columns, rows, hitBudget: false, cells: 0 };
}

/** Every text from the first column on. */
function flush(texts: readonly string[]): Alignment & { rows: Int32Array[] } {
  const rows = texts.map((text) => Int32Array.from([...text], (_, i) => i));
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  return { columns, rows, hitBudget: false, cells: 0 };
}

function byteCode(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const byCount = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const last = BYTES.length - 1;
  return new Map(byCount.map((character, i) => [character, BYTES[Math.min(i, last)]!]));
}

/**
 * What runs MAFFT, in a process group of its own, wherever there is a POSIX shell (MAFFT is a shell script itself). This
 * process alone holds the other end of its standard input and never writes: the input ends with this process, however
 * that dies, and then the group does.
 */
const WATCHED = `
exec 3<&0 </dev/null
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
"$@"
status=$?
kill -KILL $! 2>/dev/null
exit $status`;

/** The shell's answers for a program that is no program, or is not there. */
const NOT_STARTED: readonly unknown[] = [126, 127];

/** MAFFT is a script around programs of its own: all of them are one process group, and end together. */
function run(program: string, args: readonly string[], signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child =
      process.platform === "win32"
        ? spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] })
        : spawn("/bin/sh", ["-c", WATCHED, "sh", program, ...args], {
            detached: true,
            stdio: ["pipe", "pipe", "pipe"],
          });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => output.push(data));
    child.stderr.on("data", (data: Buffer) => errors.push(data));
    const kill = () => killGroup(child.pid);
    signal.addEventListener("abort", kill, { once: true });
    process.once("exit", kill);
    if (signal.aborted) kill();
    const finish = (error: Error | null) => {
      signal.removeEventListener("abort", kill);
      process.removeListener("exit", kill);
      if (error) reject(error);
      else resolve(Buffer.concat(output));
    };
    const notStarted = (reason: string) =>
      finish(new Error(`MAFFT could not be started (${reason}). Check twinlens.mafft.`));
    child.once("error", (error) => notStarted(error.message));
    child.once("close", (code) => {
      const said = Buffer.concat(errors).toString("utf8").trim().slice(-LONGEST_ERROR);
      if (signal.aborted) finish(new DOMException("Cancelled.", "AbortError"));
      else if (NOT_STARTED.includes(code)) notStarted(said);
      else finish(code === 0 ? null : new Error(`MAFFT failed (${code ?? "killed"}): ${said}`));
    });
  });
}

/** Most characters shown of MAFFT's error message. */
const LONGEST_ERROR = 300;

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
