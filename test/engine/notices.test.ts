import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { noticesText, packageNotices } from "../../scripts/notices.mjs";
import { llamaNotices, shippedPackages } from "../../scripts/shipped.mjs";

test("everything of others that the package contains has its notice", async () => {
  const notices = packageNotices(await shippedPackages());
  const names = notices.map(({ name }) => name.replace(/ \S+$/, ""));
  // Packed with a licence, packed without one, a library of this platform, and bundled in server, host and panels.
  const some = ["koffi", "simple-git", `@node-llama-cpp/${process.platform}-${process.arch}`];
  const bundled = ["zod", "vscode-languageclient", "chart.js", "@microsoft/fast-element"];
  expect(names).toEqual(expect.arrayContaining([...some, ...bundled]));
  expect(names).not.toContain("typescript");
});

test("llama.cpp's licences come out of its sources", () => {
  const { tag } = JSON.parse(
    readFileSync("node_modules/node-llama-cpp/llama/llama.cpp.info.json", "utf8"),
  ) as { readonly tag: string };
  const text = noticesText(llamaNotices());
  expect(text).toMatch(new RegExp(`^llama\\.cpp ${tag}\n\nMIT License\n\n.*The ggml authors`, "m"));
  // Compiled into its libraries.
  expect(text).toContain("Niels Lohmann");
});
