/** What lies beside a kept probe's weights: whose it is, and what a reader must know of it. */
import * as z from "zod/mini";
import type { TrainedProbe } from "../protocol/probes";
import type { ModelIdentity } from "../protocol/modelIdentity";
import { PROBE_CONTROLS } from "./study/probes";

const VERSION = 1;

const count = z.int().check(z.gte(0));
const share = z.number().check(z.gte(0), z.lte(1));

const findingSchema = z.object({
  ahead: count,
  share,
  control: share,
  controlName: z.enum(PROBE_CONTROLS),
  excess: z.nullable(z.object({ low: z.number(), high: z.number() })),
});

const probeSchema = z.object({
  model: z.string(),
  layer: count,
  layers: count,
  classes: count,
  found: z.array(findingSchema),
  fitted: count,
  reported: count,
  trainedOn: z.array(z.string()),
  ownText: z.boolean(),
  trainedAt: z.iso.datetime(),
});

const keptProbeSchema = z.object({
  version: z.literal(VERSION),
  identity: z.object({ sha256: z.nullable(z.string()), stamp: z.string() }),
  probe: probeSchema,
});

/** A probe, and which model it is of. */
export interface KeptProbe {
  readonly identity: ModelIdentity;
  readonly probe: TrainedProbe;
}

/** As JSON; the file's name says the probe's id. */
export function keptProbeText({ identity, probe }: KeptProbe): string {
  const described = { ...probe, id: undefined };
  return `${JSON.stringify({ version: VERSION, identity, probe: described }, null, 2)}\n`;
}

/** @param id of its file. @returns null where the text is none of this version */
export function parseKeptProbe(id: string, text: string): KeptProbe | null {
  try {
    const { identity, probe } = keptProbeSchema.parse(JSON.parse(text));
    return { identity, probe: { id, ...probe } };
  } catch {
    return null;
  }
}
