/**
 * What is said of a GPU build that is there and computes nothing.
 * @param name of the build, as a sentence begins with it
 * @param lacks what it needs and was not found, in a sentence; null: nothing
 */
export function idleBuildText(name: string, lacks: string | null): string {
  const why = lacks ?? "Its driver may be too old for this build.";
  return `${name} is there, but llama.cpp finds no GPU that it could compute on: the processor is used. ${why}`;
}

/** What is said before a GPU build is fetched that would compute nothing. @param lacks as of {@link idleBuildText} */
export function uselessBuildText(lacks: string): string {
  return `${lacks} As things are, the processor would go on computing.`;
}
