import { seededRandom } from "../../src/analysis/statistics/random";

/** Settings of {@link plantTexts}. */
export interface PlantedSettings {
  readonly seed: number;
  /** How many texts. */
  readonly texts: number;
  /** Characters of a text, roughly, on average. */
  readonly characters: number;
  /** Sentences planted in every text, in the same order. */
  readonly sentences: number;
  /** Probability that a text keeps a planted sentence. */
  readonly keep: number;
}

/** Where a planted sentence stands: `start` in code points from the text's beginning. */
export interface PlantedOccurrence {
  readonly text: number;
  readonly sentence: number;
  readonly start: number;
}

export interface PlantedTexts {
  readonly texts: readonly string[];
  readonly sentences: readonly string[];
  readonly occurrences: readonly PlantedOccurrence[];
}

export const DEFAULT_PLANTED: PlantedSettings = {
  seed: 1,
  texts: 100,
  characters: 1300,
  sentences: 5,
  keep: 0.8,
};

/** Common words, so that unrelated sentences share as many letters and short phrases as real ones do. */
const WORDS =
  `the the the the the the of of of of and and and a a a to to to in in is is it that for with as was on be by at
  this have from or had but not what all were when we there can an your which their if do will each about how up out
  them then she many some so these would other into has more her two like him see time could no make than first been
  its who now people my made over did down only way find use may water long little very after words called just where
  most know get through back much before go good new write our used me man too any day same right look think also
  around another came come work three word must because does part even place well such here take why things help put
  years different away again off went old number great tell men say small every found still between name should home
  big give air line set own under read last never us left end along while might next sound below saw something
  thought both few those always looked show large often together asked house world going want school important until
  form food keep children feet land side without boy once animals life enough took sometimes four head above kind
  began almost live page got earth need far hand high year mother light parts country father let night following
  picture being study second eyes soon times story boys since white days ever paper hard near sentence better best
  across during today others however sure means knew try told young miles sun ways thing whole hear example heard
  several change answer room sea against top turned learn point city play toward five using himself usually money
  seen car morning given trees ship garden river bridge window letter market winter summer captain doctor teacher`
    .split(/\s+/)
    .filter((word) => word !== "");

/**
 * Texts that share sentences: each text keeps each of the planted sentences with probability `keep`, always in the
 * same order, with one or two random sentences before, between and after them.
 */
export function plantTexts(settings: Partial<PlantedSettings> = {}): PlantedTexts {
  const { seed, texts, characters, sentences, keep } = { ...DEFAULT_PLANTED, ...settings };
  const random = seededRandom(seed);
  const sentencesPerText = sentences * keep + (sentences + 1) * 1.5;
  const length = characters / sentencesPerText;
  const planted = Array.from({ length: sentences }, () => randomSentence(random, length));
  const occurrences: PlantedOccurrence[] = [];

  const made = Array.from({ length: texts }, (_, text) => {
    let written = "";
    const write = (sentence: string) => (written += (written === "" ? "" : " ") + sentence);
    for (let s = 0; s <= sentences; s++) {
      const fillers = random() < 0.5 ? 1 : 2;
      for (let i = 0; i < fillers; i++) write(randomSentence(random, length));
      const sentence = planted[s];
      if (sentence === undefined || random() >= keep) continue;
      write(sentence);
      occurrences.push({ text, sentence: s, start: written.length - sentence.length });
    }
    return written;
  });
  return { texts: made, sentences: planted, occurrences };
}

/** A sentence of random words whose length is about `length` characters, half of it more or less. */
function randomSentence(random: () => number, length: number): string {
  const target = length * (0.6 + 0.8 * random()) - 2;
  let sentence = "";
  while (sentence === "" || sentence.length < target) {
    const word = WORDS[Math.floor(random() * WORDS.length)]!;
    sentence += sentence === "" ? word[0]!.toUpperCase() + word.slice(1) : " " + word;
  }
  return sentence + ".";
}
