import { format, resolveConfig } from "prettier";
import { expect, it } from "vitest";
import * as z from "zod/mini";
import { catalogSchema } from "../../src/formats/catalog/catalogSchema";

/** By what editors check and complete catalogues; `vitest -u` writes it anew. */
const FILE = "media/catalog.schema.json";

it("editors check catalogues by the schema that they are read with", async () => {
  const schema = z.toJSONSchema(catalogSchema, { io: "input", target: "draft-7" });
  const text = JSON.stringify({ title: "Twinlens catalogue of models", ...schema });
  const written = await format(text, { ...(await resolveConfig(FILE)), parser: "json" });
  await expect(written).toMatchFileSnapshot(`../../${FILE}`);
});
