/**
 * What every quantity that Twinlens shows means, for readers who have never met it: what it is, in what unit, and which
 * way is which. Whatever shows one of them explains it in these words; docs/definitions.md says how it is computed.
 */
export const EXPLANATIONS = {
  // Of a token
  surprisal:
    "How unlikely a model held what stands here, in bits: 0 is certainty, 1 bit a coin toss, 10 bits a chance of about 1 in 1,000. Every further bit halves the chance.",
  rank: "The token's place when all tokens are sorted by how likely the model held each of them: 1 is its first guess. The higher the number, the less expected.",
  entropy:
    "How undecided the model was before it saw the token, in bits: 0 if it was sure of what comes, 3 bits as if among 8 equally likely tokens.",
  difference:
    "A stretch's surprisal under RLHF minus that under base, in bits: above 0, base expected it more. 1 bit is twice as likely, 10 bits about 1,000 times.",

  // Of a text under one model
  tokens:
    "Tokens are the pieces, words or parts of words, that a model reads and predicts in turn.",
  tokensScored:
    "Tokens whose surprisal is known. The first token of a text may have none: nothing stands before it by which to expect it.",
  perplexity:
    "How unsure the model is from token to token: at 40, as if it had to choose among 40 equally likely ones each time. The lower, the better it expected the text.",
  standardError:
    "After ±: about how far chance moves the perplexity of a text of this length, taking its tokens for independent. Longer texts have a smaller one.",
  bits: "The surprisals of all scored tokens, added up. A compressor guided by this model would need about as many bits for the text.",
  bitsPerByte:
    "Surprisal for each byte of text; a plain English letter is one byte. The lower, the better expected. Models that cut text into different tokens can be compared by it.",
  bitsPerWord:
    "Surprisal for each word, that is, for what stands between blanks. The lower, the better the model expected the text.",
  coverage:
    "How many tokens of its vocabulary a model still holds possible at a place: those with a chance above 1 in 100 million. The fewer, the narrower its idea of what comes.",
  concentration:
    "C(k) is the probability that a model's k likeliest tokens have together. C(1) = 60 % means that its first guess alone gets 60 %. The higher, the surer the model.",

  // Of two models
  commonText:
    "Only text that both models have scored is compared. Each model's own numbers are of all that it has scored.",
  increase:
    "By how much RLHF's number is above base's, on the text that both have scored. Above 0 %, RLHF expected the text less than base did; below, more.",
  pairedDifference:
    "RLHF's surprisal minus base's, on average: above 0, base expected the text more. Where the 95 % interval contains 0, chance alone could explain it.",
  divergentSpans:
    "Stretches that one model expected clearly more than the other, strongest first. Bits above 0: base expected it more; below 0: RLHF did.",

  // Of samples
  nucleus:
    "Each token is drawn from the likeliest ones that together have the probability p: by default 0.7 for base and 0.9 for RLHF, where the paper found their samples equally diverse.",
  ngramSharing:
    "An n-gram is n tokens, or words, in a row. Counted are the samples that have the most common one: many samples at a large n have whole sentences in common.",
  ngramSpread:
    "A 10-gram is ten tokens, or words, in a row. On the left are those that few samples have, as where each goes its own way; on the right, phrases that return in many.",
  diversity:
    "Different n-grams among all n-grams of the samples: 100 % if nothing is said twice, low if the samples keep repeating one another.",
  overlap:
    "How much the samples agree at a place: the share of all pairs of samples that have the same character there. The dotted line is what luck alone would give.",
  alignedSamples:
    "Share of the samples whose character at this place at least five others have as well. The dotted line is what luck alone would give.",
  anchor:
    "An anchor is a text that many samples have at the same place, letter for letter. Anchors are numbered in the order in which they stand.",
  anchorSamples: "In how many of the model's samples the anchor stands.",
  anchorShare:
    "Samples that have the anchor among all samples of the model: at 50 %, every second answer has these very words at this place.",
  anchorPosition:
    "Where the anchor begins when the samples are laid side by side: 0 % is the beginning, 100 % the end.",
  anchorChance:
    "Where the overlap curve lies at the anchor's middle, seen from the 95 % band of chance. It is about the place, not about these words; some one in seven places leave the band by luck.",
  anchorBits:
    "Surprisal of the anchor's whole text, on average over the samples that have it. The fewer bits, the more the model saw it coming.",
  anchorBitsPerCharacter:
    "The anchor's bits divided by its length in characters, so that long and short ones can be compared. Near 0, the model as good as recites it.",
  anchorMinLength:
    "A text that many samples have at the same place is an anchor if it is at least this long. Short phrases return by chance.",
  anchorMinShare:
    "How many of a model's samples must have a text at the same place to make it an anchor, of all its samples. At 20 %, every fifth.",
  anchorLimit: "How many anchors are looked for in each model's samples, the preferred ones first.",
  anchorOrder:
    "Which text becomes an anchor where several overlap: the one with the largest mass, which is samples × length, or the one that most samples have.",
  anchorsByPosition:
    "How many samples are inside an anchor at a place, of all samples. The higher, the more of them have the same words there.",

  // Of a model
  size: "What the file takes on disk. Parameters are the numbers that training has set.",
  tinyModels:
    "Models of so few parameters know little and write poorly. They show in which way RLHF shifts what is expected, not how much it does in large ones.",
  quantisation:
    "How coarsely the model's numbers are stored: the fewer bits per weight, the smaller the file and the less exact the probabilities. Compare files of the same type.",
  device: "What does the arithmetic: the processor (CPU), or a graphics card.",
  memory: "About what the model takes while it is loaded.",
  context: "The longest text, in tokens, that the model was trained to read at once.",
  tokenizer:
    "How text is cut into tokens, and how many different tokens the model knows. Two models can be compared token by token only if they cut text alike.",
} as const satisfies Readonly<Record<string, string>>;
