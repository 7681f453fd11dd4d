import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import configuration from "../../.dependency-cruiser.mjs";
import { ROOMS } from "../../scripts/rooms.mjs";

const PACKAGES = [...new Set(Object.values(ROOMS).flatMap(({ packages }) => packages)), "lodash"];

let folder: string;
/** `from -> to` of every import that the rules refuse. */
let refused: Set<string>;

/** A house with the same rooms, in which a file of each imports from every other one, and every package. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "twinlens-walls-")));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const rooms = Object.keys(ROOMS);
  for (const room of rooms) {
    write(`${room}/thing.ts`, "export const thing = 1;\nexport interface Thing {}\n");
    const to = (path: string) => relative(`${room}/deep`, path);
    for (const other of rooms) {
      const name = fileFor(other);
      const thing = to(`${other}/thing`);
      write(`${room}/deep/${name}.ts`, `import "${thing}";\n`);
      write(
        `${room}/deep/${name}-type.ts`,
        `import type { Thing } from "${thing}";\nexport type Other = Thing;\n`,
      );
    }
    write(`${room}/deep/test.ts`, `import "${to("test/thing")}";\n`);
    write(`${room}/deep/node.ts`, 'import "node:fs";\n');
    PACKAGES.forEach((name, i) => write(`${room}/deep/package${i}.ts`, `import "${name}";\n`));
  }
  write("test/thing.ts", "export {};\n");
  write("src/analysis/circle.ts", 'import "./circleBack";\nexport {};\n');
  write("src/analysis/circleBack.ts", 'import "./circle";\nexport {};\n');
  for (const name of PACKAGES) {
    write(`node_modules/${name}/index.js`, "module.exports = {};\n");
    if (!name.includes("/")) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0" }));
    }
  }
  write("package.json", "{}");
  const { forbidden, allowed, allowedSeverity } = configuration;
  const { output } = await cruise(["src", "webview"], {
    baseDir: folder,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    validate: true,
    ruleSet: { forbidden: forbidden!, allowed: allowed!, allowedSeverity: allowedSeverity! },
  });
  refused = new Set(
    (output as ICruiseResult).summary.violations.map(
      ({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`,
    ),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Name of the file that imports from a room. */
function fileFor(room: string): string {
  return room.replaceAll("/", "-");
}

const isRefused = (from: string, to: string) => refused.has(`not-in-allowed: ${from} -> ${to}`);

describe("the walls between rooms", () => {
  it.each(Object.entries(ROOMS))(
    "let %s import what is written down, and nothing else",
    (name, room) => {
      for (const other of Object.keys(ROOMS)) {
        const file = `${name}/deep/${fileFor(other)}`;
        const thing = `${other}/thing.ts`;
        const isAllowed = other === name || room.rooms.includes(other);
        expect(isRefused(`${file}.ts`, thing), `${name} -> ${other}`).toBe(!isAllowed);
        const isTypeAllowed = isAllowed || (room.types ?? []).includes(other);
        expect(isRefused(`${file}-type.ts`, thing), `${name} -> type of ${other}`).toBe(
          !isTypeAllowed,
        );
      }
      PACKAGES.forEach((wanted, i) => {
        const from = `${name}/deep/package${i}.ts`;
        const isAllowed = room.packages.some(
          (own) => wanted === own || wanted.startsWith(`${own}/`),
        );
        const found = [...refused].some((one) => one.startsWith(`not-in-allowed: ${from} `));
        expect(found, `${name} -> ${wanted}`).toBe(!isAllowed);
      });
      expect(isRefused(`${name}/deep/node.ts`, "fs"), `${name} -> node:fs`).toBe(!room.node);
      expect(refused).toContain(`nothing-imports-tests: ${name}/deep/test.ts -> test/thing.ts`);
    },
  );

  it("stop circles", () => {
    expect([...refused].some((one) => one.startsWith("no-circle: src/analysis/circle"))).toBe(true);
  });
});
