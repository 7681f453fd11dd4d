import { testPair } from "../support/models";

/** A small pair with random weights: every machine has it, and its numbers differ everywhere. */
export const pair = testPair({ name: "workbench" });

/** Settings of machine scope that put the pair in use. */
export const pairSettings = {
  "twinlens.pairs": [{ name: "test pair", ...pair }],
  "twinlens.pair": "test pair",
  "twinlens.gpu": "off",
};

/** What tokenizers, columns and markup stumble over, in two sections of a page that fits on the screen. */
export const story = `# The night ferry

Once upon a time there was a small harbour at the end of a long, grey coast.
Every evening the ferry left, and an old man counted the lights: forty-one.
"That can't be," he said. Smile 😀 and naïve café, 東京 and \`<b>bold</b>\`.

## How to count

1. Choose a place that does not move, such as a church.
2. Point at every light while you say its number. Then rest.

The the the the the the the the the the the the the the the the the.
`;
