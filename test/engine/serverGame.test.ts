/** The game's questions to the real server: answers against the heat map's numbers, files of passages, cancel and crash. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DocumentRequest } from "../../src/protocol/documents";
import { GameRequest } from "../../src/protocol/game";
import { folderWith } from "../support/folders";
import { testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const URI = "file:///work/story.txt";
const question = { before: "Once upon a time the fox went to the ", word: "forest" };

let client: ServerClient;
beforeAll(async () => {
  client = await ServerClient.start(configurationOf(testPair()));
});
afterAll(() => client.stop());

const ask = () => client.request(GameRequest.ask, question);

describe("a hidden word", () => {
  it("has the ranks and probabilities that the document of both has", async () => {
    const answers = await ask();
    expect(answers.map(({ role }) => role)).toEqual(["base", "rlhf"]);
    client.open(URI, question.before + question.word);
    await client.request(DocumentRequest.highlight, wholeOf(URI));
    const offsets = Array.from(question.word, (_, i) => question.before.length + i);
    for (const { role, tokens, choices } of answers) {
      const seen = new Map<number, { label: string; rank: number; probability: number }>();
      for (const offset of offsets) {
        const details = await client.request(DocumentRequest.details, { uri: URI, offset });
        for (const { token, label, score } of details!.tokens.filter((one) => one.role === role)) {
          const { rank } = score!.distribution!;
          seen.set(token, { label, rank, probability: Math.exp(score!.logProbability) });
        }
      }
      const expected = [...seen.values()];
      expect(tokens.map(({ label, rank }) => [label, rank])).toEqual(
        expected.map(({ label, rank }) => [label, rank]),
      );
      for (const [i, { probability }] of tokens.entries()) {
        expect(probability).toBeCloseTo(expected[i]!.probability, 5);
      }
      expect(choices).toHaveLength(5);
      expect(choices.map(({ probability }) => probability)).toEqual(
        choices.map(({ probability }) => probability).toSorted((a, b) => b - a),
      );
    }
  });

  it("is asked of the one model that a pair has", async () => {
    const { base } = testPair();
    const single = await ServerClient.start(configurationOf({ base }));
    try {
      const answers = await single.request(GameRequest.ask, question);
      expect(answers).toEqual((await ask()).slice(0, 1));
    } finally {
      await single.stop();
    }
  });

  it("takes the place of the one before, is listed when it takes long, and can be cancelled", async () => {
    const [engine] = client.enginePids();
    process.kill(engine!, "SIGSTOP");
    try {
      const before = ask();
      const job = ask();
      await expect(before).rejects.toThrow(/cancelled/iu);
      await client.until(() => client.said.jobs.at(-1)?.[0]?.kind === "game");
      await client.request(GameRequest.cancel, null);
      await expect(job).rejects.toThrow(/cancelled/iu);
      await client.until(() => client.said.jobs.at(-1)?.length === 0);
    } finally {
      process.kill(engine!, "SIGCONT");
    }
    expect(await ask()).toHaveLength(2);
  });

  it("is asked of another engine after a crash", async () => {
    const [engine] = client.enginePids();
    process.kill(engine!, "SIGSTOP");
    const job = ask();
    process.kill(engine!, "SIGKILL");
    await expect(job).rejects.toThrow(/engine/iu);
    expect(await ask()).toHaveLength(2);
  });
});

describe("a file of passages", () => {
  const folder = folderWith({
    "lines.txt": 'The man saw the sea.\n\nword\nShe said "no"!\n',
    "records.jsonl": '{"text":"A long way home"}\nnot JSON\n{"text":"Two words"}\n',
    "empty.txt": "one\n\ntwo\n",
    "picture.png": "PNG",
  });
  const passages = async (name: string, most = 10) => {
    const found = await client.request(GameRequest.passages, { file: join(folder, name), most });
    return found.map(({ before, word }) => [before, word]);
  };

  it("is played line by line, or record by record, less the last words", async () => {
    expect(await passages("lines.txt")).toEqual([
      ["The man saw the ", "sea"],
      ['She said "', "no"],
    ]);
    expect(await passages("records.jsonl")).toEqual([
      ["A long way ", "home"],
      ["Two ", "words"],
    ]);
    expect(await passages("records.jsonl", 1)).toHaveLength(1);
  });

  it("that can't be played says what is missing", async () => {
    await expect(passages("empty.txt")).rejects.toThrow(
      /a text of two words or more on each line/u,
    );
    await expect(passages("picture.png")).rejects.toThrow(/can't be read as a corpus/u);
    await expect(passages("gone.txt")).rejects.toThrow(/gone\.txt/u);
  });
});
