/** What the states of the pair's models already expect of tokens to come, for hovers that do not wait. */
import { createHash } from "node:crypto";
import { isCancelled, EngineError } from "../../engine/errors";
import type { ModelDigests } from "../../engine/modelFiles";
import type { ExpectedAhead } from "../../engine/probes";
import { givenCut } from "../../jobs/inside/givenTexts";
import { probeOf, weightsPath } from "../../jobs/inside/keptProbes";
import { probedWindow } from "../../jobs/inside/probedTexts";
import type { TrainedProbe } from "../../protocol/probes";
import { type Role, ROLES } from "../../protocol/roles";
import type { RoleToken } from "../../protocol/tokenDetails";
import type { HighlightedDocument } from "../documents/highlighted";
import { tokenDetails } from "../features/details";
import { aheadLine, unreadableLine } from "../features/expectedAhead";
import { pieceLabel } from "../features/pieceText";
import type { Models } from "../models/models";
import type { Model } from "../models/slot";

export interface ExpectationsOptions {
  /** Where probes are kept; null: nowhere. */
  readonly folder: () => string | null;
  readonly models: Models;
  readonly digests: ModelDigests;
  readonly log: (message: string) => void;
}

/** A hover waits so long for what is not known yet; the next one has it. */
const GRACE_MS = 300;
/** Windows whose predictions are kept, those looked at last. */
const MOST_WINDOWS = 32;

/** A window that is being read. */
interface Reading {
  readonly key: string;
  readonly controller: AbortController;
}

export class Expectations {
  /** By probe and tokens of the window, looked at last at the end. */
  private readonly known = new Map<string, Promise<ExpectedAhead>>();
  /** Of each model, the window that was asked for last. */
  private readonly reading = new Map<Role, Reading>();

  constructor(private readonly options: ExpectationsOptions) {}

  /** A line of Markdown for each model that is loaded and has a probe, where the token at the offset is freshly scored. */
  async linesAt(highlighted: HighlightedDocument, offset: number): Promise<readonly string[]> {
    const details = tokenDetails(highlighted, offset);
    if (!details || details.stale) return [];
    // Of several tokens that share a character the last one has read it whole.
    const tokens = ROLES.flatMap(
      (role) => details.tokens.findLast((one) => one.role === role && one.score !== null) ?? [],
    );
    const lines = await Promise.all(tokens.map((token) => this.lineOf(highlighted, token)));
    return lines.filter((line) => line !== null);
  }

  private async lineOf(highlighted: HighlightedDocument, token: RoleToken): Promise<string | null> {
    const { models, log } = this.options;
    const { role } = token;
    const model = models.held(role);
    const ids = model && idsAround(highlighted, token);
    if (!ids) return null;
    try {
      const probe = await this.probeOf(model);
      const place = probe && placeOf(ids, token.token, model);
      if (!place) return null;
      const expected = await soon(this.expected(role, model, probe, place.window));
      if (expected === null) return null;
      const { vocabulary } = model.loaded;
      const labels = expected.map((tokens) => pieceLabel(vocabulary, tokens[place.row]!));
      return aheadLine(role, probe, labels);
    } catch (error) {
      if (isCancelled(error)) return null;
      log(`No expectation of the ${role} model: ${String(error)}`);
      const isDamaged = error instanceof EngineError && error.code === "ProbeUnreadable";
      return isDamaged ? unreadableLine(role) : null;
    }
  }

  private async probeOf({ loaded }: Model): Promise<TrainedProbe | null> {
    const folder = this.options.folder();
    if (folder === null) return null;
    const sha256 = await this.options.digests.known(loaded.facts);
    const { stamp } = loaded.facts.identity;
    return (await probeOf(folder, { sha256, stamp }))?.probe ?? null;
  }

  /** What is known, or is begun now; another window of the model that is still being read is given up. */
  private expected(
    role: Role,
    { engine, loaded }: Model,
    { id }: TrainedProbe,
    window: Window,
  ): Promise<ExpectedAhead> {
    const key = `${id} ${digestOf(window.tokens)}`;
    const before = this.known.get(key);
    if (before) {
      this.known.delete(key);
      this.known.set(key, before);
      return before;
    }
    this.reading.get(role)?.controller.abort();
    const controller = new AbortController();
    this.reading.set(role, { key, controller });
    const request = { model: loaded.id, probe: weightsPath(this.options.folder()!, id), window };
    const begun = this.options.models.use(() => engine.expectAhead(request, controller.signal));
    this.known.set(key, begun);
    begun
      .catch(() => this.known.delete(key))
      .finally(() => {
        if (this.reading.get(role)?.key === key) this.reading.delete(role);
      });
    for (const old of [...this.known.keys()].slice(0, -MOST_WINDOWS)) this.known.delete(old);
    return begun;
  }
}

type Window = ReturnType<typeof probedWindow>;

/** The ids among which the token has its number; null: none of the models that are in use has read them. */
function idsAround(highlighted: HighlightedDocument, token: RoleToken): Int32Array | null {
  const { role, id, range } = token;
  for (const layer of highlighted.layers) {
    const columns = layer[role]?.scores.columns;
    if (!columns || highlighted.isOld(layer)) continue;
    const isThere = columns.start[token.token] === range.start && columns.id[token.token] === id;
    if (isThere) return columns.id;
  }
  return null;
}

/** The window that holds a token, cut as texts are that probes are trained on, and its row there; null: it is not probed. */
function placeOf(
  ids: Int32Array,
  token: number,
  { loaded }: Model,
): { readonly window: Window; readonly row: number } | null {
  const { prefix, room } = givenCut(loaded);
  const first = token - (token % room);
  const of = { unit: 0, beginning: 0, anchors: null };
  const window = probedWindow(prefix, ids.slice(first, first + room), of);
  const row = prefix.length + (token - first) - window.start;
  return row < 0 ? null : { window, row };
}

function digestOf(tokens: Int32Array): string {
  return createHash("sha256").update(tokens).digest("base64");
}

/** null: it takes longer. */
async function soon<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, GRACE_MS, null)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
