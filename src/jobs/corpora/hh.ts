import type { Turn } from "../files/conversation";

/** Said before a turn in Anthropic's HH. */
const SPEAKERS: Readonly<Record<string, Turn["speaker"]>> = {
  Human: "user",
  Assistant: "assistant",
};

/** The turns of a dialogue as Anthropic's HH writes it (`\n\nHuman: … \n\nAssistant: …`); null: it is none. */
export function turnsOfHh(text: string): readonly Turn[] | null {
  const [before, ...parts] = `\n\n${text.trimStart()}`.split(/\n\n(Human|Assistant):/u);
  if (before !== "" || parts.length === 0) return null;
  return Array.from({ length: parts.length / 2 }, (_, i) => ({
    speaker: SPEAKERS[parts[2 * i]!]!,
    text: parts[2 * i + 1]!.trim(),
  }));
}

/**
 * The plain text of turns: what they say with who says it before, as in Anthropic's HH, a blank line between them; a system
 * prompt, and a turn that is alone, without it. Turns that say nothing are left out.
 */
export function plainText(turns: readonly Turn[]): string {
  const [first, ...others] = turns.filter(({ text }) => text.trim() !== "");
  if (first === undefined) return "";
  return others.length === 0 ? first.text : [first, ...others].map(labelled).join("\n\n");
}

const LABELS = { system: "", user: "Human: ", assistant: "Assistant: ", other: "Other: " };

function labelled({ speaker, text }: Turn): string {
  return `${LABELS[speaker]}${text}`;
}
