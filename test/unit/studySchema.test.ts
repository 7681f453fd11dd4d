import { format, resolveConfig } from "prettier";
import { expect, it } from "vitest";
import * as z from "zod/mini";
import { studySchema } from "../../src/formats/study/studySchema";

/** By what editors check and complete files of studies; `vitest -u` writes it anew. */
const FILE = "media/study.schema.json";

it("editors check studies by the schema that they are read with", async () => {
  // What the YAML extension of editors understands.
  const schema = z.toJSONSchema(studySchema, { io: "input", target: "draft-7" });
  const text = JSON.stringify({ title: "Twinlens study", ...schema });
  const written = await format(text, { ...(await resolveConfig(FILE)), parser: "json" });
  await expect(written).toMatchFileSnapshot(`../../${FILE}`);
});
