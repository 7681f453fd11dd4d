import { isAbsolute, normalize, relative, resolve, sep } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HUB, isSameSource, parseSource, sourceText } from "../../src/formats/catalog/source";
import { filesOf, folderOf, hubOf } from "../../src/jobs/models/sources";

describe("a source", () => {
  it("is a file on a hub", () => {
    const source = parseSource("hf:allenai/OLMo-GGUF/q4/olmo.Q4_K_M.gguf#v1.0");
    expect(source).toEqual({
      kind: "hub",
      user: "allenai",
      repository: "OLMo-GGUF",
      folders: ["q4"],
      fileName: "olmo.Q4_K_M.gguf",
      revision: "v1.0",
    });
    expect(filesOf(source, HUB)).toEqual([
      {
        url: "https://huggingface.co/allenai/OLMo-GGUF/resolve/v1.0/q4/olmo.Q4_K_M.gguf",
        fileName: "olmo.Q4_K_M.gguf",
      },
    ]);
  });

  it.each([
    "https://huggingface.co/u/r/blob/main/a.gguf",
    "https://huggingface.co/u/r/resolve/main/a.gguf?download=true",
    "https://HUGGINGFACE.co/u/r/resolve/main/a.gguf",
    "https://hf.co/u/r/blob/main/a.gguf#L1",
    "http://localhost:8080/mirror/u/r/resolve/main/a.gguf",
  ])("is the hub's, where it is written as the address of its page: %s", (address) => {
    const source = parseSource(address, "http://localhost:8080/mirror");
    expect(sourceText(source)).toBe("hf:u/r/a.gguf");
  });

  it("keeps the revision of a hub's page", () => {
    const source = parseSource("https://huggingface.co/u/r/blob/refs%2Fpr%2F3/b/a%20b.gguf");
    expect(sourceText(source)).toBe("hf:u/r/b/a b.gguf#refs/pr/3");
    expect(filesOf(source, HUB)[0]!.url).toBe(
      "https://huggingface.co/u/r/resolve/refs%2Fpr%2F3/b/a%20b.gguf",
    );
  });

  it("is any address of a file; what is asked for behind the path is kept to itself", () => {
    const source = parseSource("https://Example.org:8443/models/a%20b.gguf?token=secret");
    expect(filesOf(source, HUB)).toEqual([
      {
        url: "https://Example.org:8443/models/a%20b.gguf?token=secret",
        fileName: "a b.gguf",
      },
    ]);
    expect(sourceText(source)).not.toContain("secret");
  });

  it("of a split model is all its files", () => {
    const hub = filesOf(parseSource("hf:u/r/big-00001-of-00003.gguf"), "http://mirror");
    expect(hub.map(({ url }) => url)).toEqual([
      "http://mirror/u/r/resolve/main/big-00001-of-00003.gguf",
      "http://mirror/u/r/resolve/main/big-00002-of-00003.gguf",
      "http://mirror/u/r/resolve/main/big-00003-of-00003.gguf",
    ]);
    const web = filesOf(parseSource("https://a.org/big-00001-of-00002.gguf?k=1"), HUB);
    expect(web.map(({ url }) => url)).toEqual([
      "https://a.org/big-00001-of-00002.gguf?k=1",
      "https://a.org/big-00002-of-00002.gguf?k=1",
    ]);
  });

  it.each([
    ["", "an address, or hf:user/repository/file.gguf"],
    ["olmo", "an address, or hf:user/repository/file.gguf"],
    ["hf:u/r", "hf:user/repository/file.gguf"],
    ["hf:u/r/", "hf:user/repository/file.gguf"],
    ["hf:/r/a.gguf", '"" is not the name of a user or a repository'],
    ["hf:u/../a.gguf", '".." is not the name of a user or a repository'],
    ["hf:u/r..x/a.gguf", '"r..x" is not the name of a user'],
    ["hf:con/r/a.gguf", '"con" is not the name of a user'],
    ["hf:u/r/../a.gguf", '".." is not the name of a folder'],
    ["hf:u/r/a\\..\\b/a.gguf", "is not the name of a folder"],
    ["hf:u/r/model.safetensors", '"model.safetensors" is not the name of a .gguf file'],
    ["hf:u/r/.gguf", "can't be the name of a file"],
    ["hf:u/r/nul.gguf", "can't be the name of a file"],
    ["hf:u/r/a:b.gguf", "can't be the name of a file"],
    ["hf:u/r/-rf.gguf", "can't be the name of a file"],
    [`hf:u/r/${"ä".repeat(120)}.gguf`, "a file name of at most 200 bytes"],
    ["hf:u/r/a-00002-of-00003.gguf", "the first file"],
    ["hf:u/r/a-00001-of-99999.gguf", "a model of 1 to 1,000 files"],
    ["hf:u/r/a.gguf#../../x", "is not the name of a branch"],
    ["hf:u/r/a.gguf#a#b", "hf:user/repository/file.gguf"],
    ["hf:u/r/a\u0000.gguf", "control characters"],
    ["hf:u/r/a\u202efugg.gguf", "control characters or invisible ones"],
    ["https://huggingface.co/u/r/blob/main/%00a.gguf", "control characters"],
    ["https://huggingface.co/u/r/blob/main/..%2Fa.gguf", '".." is not the name of a folder'],
    ["https://a.org/..%2Fa.gguf", "can't be the name of a file"],
    ["https://a.org/%ff.gguf", "is no part of an address"],
    ["https://a.org", "it is not the address of a file"],
    ["https://a.org/?file=a.gguf", '"" is not the name of a .gguf file'],
    ["https://../a.gguf", '".." is not the name of a host'],
    ["https://me:secret@a.org/a.gguf", "without a user's name and password"],
    ["ftp://a.org/a.gguf", "only http and https"],
    ["file:///etc/a.gguf", "only http and https"],
    [`https://a.org/${"a".repeat(1000)}.gguf`, "at most 1,000 characters"],
  ])("is refused: %j", (text, message) => {
    expect(() => parseSource(text)).toThrow(message);
  });

  it("is written as it is read, and lies below the folder of kept models, whatever it is called", () => {
    const folder = resolve("kept");
    const piece = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.constantFrom("..", ".", "%2e%2e", "a", "con", "\\", "a/b", "C:", "~", ""),
    );
    const address = fc
      .tuple(fc.constantFrom("hf:", "https://", "http://huggingface.co/"), fc.array(piece), piece)
      .map(([start, pieces, name]) => `${start}${[...pieces, name].join("/")}.gguf`);
    fc.assert(
      fc.property(address, (text) => {
        let source;
        try {
          source = parseSource(text);
        } catch {
          return;
        }
        expect(isSameSource(parseSource(sourceText(source)), source)).toBe(true);
        const way = relative(folder, resolve(folderOf(source, folder), source.fileName));
        expect(isAbsolute(way) || way.startsWith("..")).toBe(false);
        expect(normalize(way).split(sep).at(-1)).toBe(source.fileName);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same at any revision where one of two names none", () => {
    const [any, one, two] = ["", "#one", "#two"].map((at) => parseSource(`hf:u/r/a.gguf${at}`));
    expect([isSameSource(any!, one!), isSameSource(one!, two!), isSameSource(two!, two!)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(isSameSource(any!, parseSource("hf:u/r/b.gguf"))).toBe(false);
    expect(isSameSource(any!, parseSource("https://a.org/a.gguf"))).toBe(false);
  });

  it("of two places or revisions never shares a folder", () => {
    const folders = [
      "hf:u/r/a.gguf",
      "hf:u/r/q/a.gguf",
      "hf:u/r/a.gguf#v1",
      "hf:u/s/a.gguf",
      "https://a.org/a.gguf",
      "https://a.org/b/a.gguf",
      "https://a.org:8080/a.gguf",
    ].map((text) => folderOf(parseSource(text), "kept"));
    expect(new Set(folders).size).toBe(folders.length);
  });
});

describe("the hub", () => {
  it("is a mirror where HF_ENDPOINT names one", () => {
    expect(hubOf({})).toBe("https://huggingface.co");
    expect(hubOf({ HF_ENDPOINT: "" })).toBe("https://huggingface.co");
    expect(hubOf({ HF_ENDPOINT: "http://localhost:80/hub/" })).toBe("http://localhost:80/hub");
  });

  it.each(["localhost", "file:///x", "https://me:secret@hub", "https://hub?x=1"])(
    "is no address: %s",
    (mirror) => {
      expect(() => hubOf({ HF_ENDPOINT: mirror })).toThrow("HF_ENDPOINT is to be");
    },
  );
});
