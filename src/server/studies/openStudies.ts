import { stat } from "node:fs/promises";
import { resultFileOf, studyName } from "../../jobs/study/studyFiles";
import type { StudyState } from "../../protocol/studies";
import type { ToStudy } from "../../protocol/studyPanel";
import { countMeasured } from "./cellViews";
import { StudySession, type StudySessionOptions } from "./studySession";

export interface OpenStudiesOptions extends Omit<StudySessionOptions, "inTurn" | "tell"> {
  /** Sends a message to a study's panel. */
  readonly tell: (file: string, message: ToStudy) => void;
}

/** The studies that are shown or measured, by the path of their file; they are measured one after the other. */
export class OpenStudies {
  private readonly sessions = new Map<string, StudySession>();
  private turn: Promise<unknown> = Promise.resolve();
  /** What files that nobody works on said, by path and time of change. */
  private readonly known = new Map<
    string,
    { readonly stamp: string; readonly state: StudyState }
  >();

  constructor(private readonly options: OpenStudiesOptions) {}

  session(file: string): StudySession {
    const found = this.sessions.get(file) ?? this.create(file);
    this.sessions.set(file, found);
    return found;
  }

  hide(file: string): void {
    this.sessions.get(file)?.hide();
    this.forgetIdle();
  }

  cancel(file: string): void {
    this.sessions.get(file)?.cancel();
  }

  async states(files: readonly string[]): Promise<StudyState[]> {
    const states: StudyState[] = [];
    for (const file of files) states.push(await this.stateOf(file));
    this.forgetIdle();
    return states;
  }

  /** Cancels what runs, and saves what it has; the server ends. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.sessions.values()].map((session) => session.close()));
  }

  private async stateOf(file: string): Promise<StudyState> {
    const stamp = await this.stampOf(file);
    const known = this.known.get(file);
    if (known?.stamp === stamp) return known.state;
    const session = this.session(file);
    let state: StudyState;
    try {
      await session.read();
      state = {
        kind: "cells",
        measured: countMeasured(session.views),
        cells: session.views.length,
      };
    } catch (error) {
      const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      state = { kind: "faulty", reason };
    }
    this.known.set(file, { stamp, state });
    return state;
  }

  /** Equal as long as a study that nobody measures says the same. */
  private async stampOf(file: string): Promise<string> {
    const stamps = [file, resultFileOf(file)].map((path) =>
      stat(path).then(
        ({ mtimeMs, size }) => [mtimeMs, size],
        () => null,
      ),
    );
    return JSON.stringify([this.options.configuration().pair, await Promise.all(stamps)]);
  }

  private create(file: string): StudySession {
    return new StudySession(studyName(file), file, {
      ...this.options,
      inTurn: (work) => this.inTurn(work),
      tell: (message) => this.options.tell(file, message),
    });
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private forgetIdle(): void {
    for (const [file, session] of this.sessions) {
      if (session.isIdle) this.sessions.delete(file);
    }
  }
}
