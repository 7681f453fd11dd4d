// Who may import whom: the rooms of the house, checked by dependency-cruiser (`npm run lint`), proven by
// test/unit/walls.test.ts. ARCHITECTURE.md gives the reasons.
import { ROOMS } from "./scripts/rooms.mjs";

const escaped = (path) => path.replaceAll(".", "\\.");
/** What is in a folder, less the rooms inside it. */
const inside = (folder) => {
  const rooms = Object.keys(ROOMS).filter((other) => other.startsWith(`${folder}/`));
  const others = rooms.map((other) => `(?!${escaped(other.slice(folder.length + 1))}/)`);
  return `^${escaped(folder)}/${others.join("")}`;
};
/** A package as it is installed, or its types, or its name where neither is found. */
const installed = (name) => `(^|node_modules/)(@types/)?${escaped(name)}(/|$)`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circle",
      comment: "Files that import each other can only be understood together.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
  ],
  allowedSeverity: "error",
  allowed: Object.entries(ROOMS).flatMap(([folder, room]) => {
    const from = { path: inside(folder) };
    const { rooms, types = [], files = [], packages, node } = room;
    const places = [
      ...[folder, ...rooms].map(inside),
      ...files.map((file) => `^${escaped(file)}$`),
      ...packages.map(installed),
    ];
    return [
      { from, to: { path: places } },
      ...types.map((other) => ({
        from,
        to: { path: inside(other), dependencyTypes: ["type-only"] },
      })),
      ...(node ? [{ from, to: { dependencyTypes: ["core"] } }] : []),
    ];
  }),
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    doNotFollow: { path: "node_modules" },
  },
};
