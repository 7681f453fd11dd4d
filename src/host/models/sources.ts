/** Where models come from, as users write it. */

const HUB_SOURCE = /^hf:([\w.-]+\/[\w.-]+)\/(\S.*)$/;

/** Why it is no source; null: it is one. */
export function sourceProblem(text: string): string | null {
  const source = text.trim();
  if (source === "") return "Name a file: hf:user/repository/file.gguf, or its address.";
  if (!/\.gguf$/i.test(source.replace(/[?#].*$/, "")))
    return "The file's name has to end in .gguf.";
  const isSource = HUB_SOURCE.test(source) || /^https?:\/\/[^\s/]+\/\S+$/.test(source);
  return isSource ? null : "It has to look like hf:user/repository/file.gguf or https://….";
}

/** The model's page at Hugging Face, where its terms are accepted; null: the source is elsewhere. */
export function modelPage(source: string): string | null {
  const repository = HUB_SOURCE.exec(source)?.[1];
  return repository === undefined ? null : `https://huggingface.co/${repository}`;
}

/** Name of the host that a source is fetched from. @param hub of the one that answers for `hf:` */
export function hostOf(source: string, hub: string): string {
  return source.startsWith("hf:") || !URL.canParse(source) ? hub : new URL(source).host;
}
