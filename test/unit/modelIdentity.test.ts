import { describe, expect, it } from "vitest";
import { sameModel } from "../../src/protocol/modelIdentity";

const identity = (sha256: string | null, stamp: string) => ({ sha256, stamp });

describe("sameModel", () => {
  it("goes by the digests where both are known, whatever the stamps say", () => {
    expect(sameModel(identity("a", "here"), identity("a", "there"))).toBe(true);
    expect(sameModel(identity("a", "here"), identity("b", "here"))).toBe(false);
  });

  it("goes by the stamps where one digest is not known", () => {
    expect(sameModel(identity("a", "here"), identity(null, "here"))).toBe(true);
    expect(sameModel(identity(null, "here"), identity(null, "there"))).toBe(false);
  });
});
