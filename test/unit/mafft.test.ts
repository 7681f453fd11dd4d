import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { alignByMafft, mafftInput, readMafft } from "../../src/jobs/runs/mafft";
import { patience } from "../support/patience";

const never = new AbortController().signal;
const hasMafft = spawnSync("mafft", ["--version"]).error === undefined;

/** Blanks, line ends, MAFFT's own marks, control characters, every plane of Unicode. */
const HOSTILE = [
  "> a name\n- gaps - and = marks <\r\n\tthen 😀 é e\u0301 東京 \u0000\u007f",
  "> a name\n- gaps = and - marks <\r\n\tthen 😀 é e\u0301 東京 \u0000\u007f!",
];

describe("what MAFFT is given", () => {
  it("has one byte for each character, none of them special", () => {
    const lines = mafftInput(HOSTILE)!.toString("latin1").split("\n");
    expect(lines).toHaveLength(5);
    expect([lines[0], lines[2], lines[4]]).toEqual([">0", ">1", ""]);
    HOSTILE.forEach((text, i) => {
      const coded = lines[2 * i + 1]!;
      expect(coded).toHaveLength([...text].length);
      // eslint-disable-next-line no-control-regex
      expect(coded).not.toMatch(/[\u0000-\u0020<>=\u007f-]/);
    });
  });

  it("leaves empty texts out, and is nothing for fewer than two others", () => {
    expect(mafftInput(["", "a", "", "b"])!.toString("latin1")).toMatch(/^>1\n.\n>3\n.\n$/);
    expect(mafftInput(["", "a"])).toBeNull();
    expect(mafftInput([])).toBeNull();
  });

  it("has room for any number of different characters", () => {
    const many = Array.from({ length: 1000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    expect(mafftInput([many, many])!.length).toBe(2 * (3 + 1000 + 1));
  });
});

describe("what MAFFT answers", () => {
  it("becomes columns of code points", () => {
    const alignment = readMafft(">0\n--ab\n->2\nc-\n-d\n", ["😀b", "", "xy"]);
    expect(alignment.rows.map((row) => [...row])).toEqual([[2, 3], [], [0, 3]]);
    expect(alignment.columns).toBe(5);
  });

  it.each([
    ["too little", ">0\na\n>1\nbb\n"],
    ["too much", ">0\naa\n>1\nbbb\n"],
    ["other texts", ">7\naa\n"],
  ])("is refused when it holds %s", (_, fasta) => {
    expect(() => readMafft(fasta, ["aa", "bb"])).toThrow("does not hold the texts");
  });
});

describe("MAFFT itself", () => {
  it("that is missing is named", async () => {
    const job = alignByMafft("/nowhere/mafft", ["aa", "bb"], never);
    await expect(job).rejects.toThrow("MAFFT could not be started");
  });

  it.skipIf(!hasMafft)("aligns texts of any characters", async () => {
    const { rows, columns } = await alignByMafft("mafft", [...HOSTILE, ""], never);
    rows.forEach((row, i) => expect(row).toHaveLength([...[...HOSTILE, ""][i]!].length));
    for (const row of rows) {
      for (let i = 1; i < row.length; i++) expect(row[i]).toBeGreaterThan(row[i - 1]!);
      for (const column of row) expect(column).toBeLessThan(columns);
    }
    // They differ in two marks and at the end.
    const [first, second] = rows.map((row) => new Set(row));
    expect([...first!].filter((column) => second!.has(column)).length).toBeGreaterThan(40);
  });

  it.skipIf(!hasMafft)("and all its programs end with a cancel", async () => {
    const controller = new AbortController();
    const texts = Array.from({ length: 60 }, (_, i) => `${i} `.repeat(800));
    const job = alignByMafft("mafft", texts, controller.signal);
    setTimeout(() => controller.abort(), 500);
    await expect(job).rejects.toMatchObject({ name: "AbortError" });
    const running = () => spawnSync("pgrep", ["-f", "twinlens-mafft-"]).stdout.toString();
    await expect.poll(running).toBe("");
  });
});

describe.skipIf(process.platform === "win32")("a program in MAFFT's place", () => {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-program-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program that does what these lines of shell say; `$0` is its own path. */
  const programOf = (name: string, lines: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    return path;
  };

  it("has nothing to read, and its answer and failure come through", async () => {
    const answering = programOf("answering", `cat; printf '>0\\naa\\n>1\\nbb\\n'`);
    const { rows } = await alignByMafft(answering, ["aa", "bb"], never);
    expect(rows.map((row) => [...row])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    const failing = programOf("failing", "echo out of luck >&2; exit 3");
    const failed = alignByMafft(failing, ["aa", "bb"], never);
    await expect(failed).rejects.toThrow("MAFFT failed (3): out of luck");
    writeFileSync(join(folder, "text"), "no program");
    const text = alignByMafft(join(folder, "text"), ["aa", "bb"], never);
    await expect(text).rejects.toThrow("MAFFT could not be started");
  });

  it(
    "ends with all its programs when this process is killed",
    async () => {
      const sleeping = programOf("sleeping", `ps -o pgid= -p $$ >"$0.group"\nsleep 60 &\nsleep 60`);
      const outfile = join(folder, "mafft.mjs");
      const entryPoints = [resolve("src/jobs/runs/mafft.ts")];
      buildSync({ entryPoints, outfile, bundle: true, platform: "node", format: "esm" });
      const script = `
      import { alignByMafft } from ${JSON.stringify(outfile)};
      await alignByMafft(${JSON.stringify(sleeping)}, ["aa", "bb"], new AbortController().signal);`;
      const parent = spawn(process.execPath, ["--input-type=module", "-e", script]);
      const group = () =>
        Number(existsSync(`${sleeping}.group`) && readFileSync(`${sleeping}.group`));
      await expect.poll(group, { timeout: patience(10_000) }).toBeGreaterThan(0);
      const running = () =>
        spawnSync("ps", ["-e", "-o", "pgid=,stat=,args="])
          .stdout.toString()
          .split("\n")
          .map((line) => line.trim().split(/\s+/))
          .filter(([id, state]) => Number(id) === group() && !state!.startsWith("Z"))
          .map(([, , ...args]) => args.join(" "));
      await expect.poll(running).toEqual(expect.arrayContaining(["sleep 60", "sleep 60"]));
      parent.kill("SIGKILL");
      await expect.poll(running, { timeout: patience(10_000) }).toEqual([]);
    },
    patience(30_000),
  );
});
