/** How results name models' own texts: by who wrote and how, and by who read them. */
import type { SamplerName } from "../../formats/study/studyResult";

export function ownKey(writer: string, sampler: SamplerName): string {
  return `${writer}, ${sampler}`;
}

export function readKey(writer: string, sampler: SamplerName, reader: string): string {
  return `${ownKey(writer, sampler)}, read by ${reader}`;
}
