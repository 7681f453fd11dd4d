import { CommonMeasure, type CommonDifferences } from "../../analysis/scores/commonText";
import { SegmentStream } from "../../analysis/text/segmentStream";
import { tokenizeAlike } from "../../analysis/text/tokenizers";
import type { DistributionRequest } from "../../engine/engine";
import type { WindowSettings } from "../../protocol/scores";
import type { Role } from "../../protocol/roles";
import {
  compareText,
  RoleMeasure,
  type RoleMeasures,
  type TextMeasures,
} from "../../report/measures";
import { type AgreementRequest, AgreementStream } from "./agreement";
import type { HeldModel } from "./scoreWindow";
import type { ScoredPart } from "./columnsAfter";
import { TextStream } from "./textStream";

/** The models that measure a text. */
export interface MeasuringModels {
  readonly roles: readonly Role[];
  /** Both are in memory: they work side by side. Else they take turns at each piece of text. */
  readonly together: boolean;
  hold(role: Role): Promise<HeldModel>;
}

export interface MeasureRequest {
  readonly name: string;
  /** The text in pieces. Where models take turns, each piece costs a change of models. */
  readonly text: AsyncIterable<string>;
  /** As of {@link TextStream}. */
  readonly context?: string;
  readonly models: MeasuringModels;
  readonly settings: WindowSettings;
  /** null: how sharp the models' distributions are is not measured. */
  readonly distribution: DistributionRequest | null;
  /** Both models' agreement is wanted, which decodes every window once more; absent, the default: it is not. */
  readonly agreement?: Pick<AgreementRequest, "onProgress">;
  /** One of the models can't measure this text; the other one goes on. Throws what shall end the work. */
  readonly onFailure: (role: Role, error: unknown) => void;
  /** After every batch: the UTF-16 offset up to which the model has scored the text. */
  readonly onProgress?: (role: Role, reached: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Measures a text of any length in one pass, in constant memory: nothing but sums is kept (`report/measures.ts`).
 * @throws what reading the text throws
 */
export async function measureStream(request: MeasureRequest): Promise<TextMeasures> {
  const { name, text, models, onFailure } = request;
  const working = new Map<Role, Measuring>();
  const attempt = async (role: Role, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      working.delete(role);
      onFailure(role, error);
    }
  };
  const each = async (work: (measuring: Measuring) => Promise<void>) => {
    const all = [...working].map(
      ([role, of]) =>
        () =>
          attempt(role, () => work(of)),
    );
    if (models.together) await Promise.all(all.map((start) => start()));
    else for (const start of all) await start();
  };

  // What can't be read needs no model.
  const pieces = text[Symbol.asyncIterator]();
  let next = await pieces.next();
  for (const role of models.roles) {
    await attempt(role, async () => void working.set(role, await Measuring.start(request, role)));
  }
  const comparison = comparisonOf(working);
  const agreement = comparison && request.agreement && (await agreementOf(request));
  for (; !next.done && working.size > 0; next = await pieces.next()) {
    const piece = next.value;
    await each((measuring) => measuring.stream.add(piece));
    if (working.size === 2) await agreement?.add(piece);
  }
  await pieces.return?.();
  await each((measuring) => measuring.stream.end());
  const [base, rlhf] = [working.get("base"), working.get("rlhf")];
  return {
    name,
    base: base?.value() ?? null,
    rlhf: rlhf?.value() ?? null,
    comparison:
      base && rlhf && comparison ? compareText(comparison(), await agreement?.end()) : null,
  };
}

function agreementOf(request: MeasureRequest): Promise<AgreementStream> {
  const { context, models, settings, agreement, signal } = request;
  return AgreementStream.start({
    ...(context !== undefined && { context }),
    models,
    settings,
    ...agreement,
    ...(signal && { signal }),
  });
}

/** Compares the models while they work; null unless both do. */
function comparisonOf(working: ReadonlyMap<Role, Measuring>): (() => CommonDifferences) | null {
  const [base, rlhf] = [working.get("base"), working.get("rlhf")];
  if (!base || !rlhf) return null;
  const segments = new SegmentStream();
  const measure = new CommonMeasure(
    tokenizeAlike(base.stream.model, rlhf.stream.model) ? "token" : "segment",
  );
  for (const [role, measuring] of working) {
    measuring.heard.onPart = ({ columns }) => {
      // Where one model has given up, the other's tokens would wait for ever.
      if (working.size === 2) measure.add(segments.add(role, columns));
    };
  }
  return () => {
    measure.add(segments.end());
    return measure.value();
  };
}

/** One model at work on the text. */
class Measuring {
  private constructor(
    readonly stream: TextStream,
    private readonly measure: RoleMeasure,
    readonly heard: { onPart: (part: ScoredPart) => void },
  ) {}

  static async start(
    { context = "", models, settings, distribution, onProgress, signal }: MeasureRequest,
    role: Role,
  ): Promise<Measuring> {
    const measure = new RoleMeasure();
    // A long context already has parts, without tokens, before there is a stream.
    const heard: { onPart: (part: ScoredPart) => void } = { onPart: () => undefined };
    const stream = await TextStream.start({
      context,
      hold: () => models.hold(role),
      settings,
      distribution,
      onPart(part) {
        measure.add(part.text, part.textStart, part.columns);
        heard.onPart(part);
      },
      ...(onProgress && { onProgress: (reached: number) => onProgress(role, reached) }),
      ...(signal && { signal }),
    });
    return new Measuring(stream, measure, heard);
  }

  value(): RoleMeasures {
    return this.measure.value(this.stream.model, this.stream.settings);
  }
}
