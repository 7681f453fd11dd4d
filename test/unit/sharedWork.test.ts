import { describe, expect, it } from "vitest";
import { SharedWork } from "../../src/server/jobs/sharedWork";

/** Work that ends when the test says so. */
function controlled() {
  let signal!: AbortSignal;
  let tell!: (progress: number) => void;
  let finish!: (value: string) => void;
  let fail!: (error: Error) => void;
  const work = new SharedWork<string, number>((onProgress, stop) => {
    [tell, signal] = [onProgress, stop];
    return new Promise((resolve, reject) => ([finish, fail] = [resolve, reject]));
  });
  return { work, isStopped: () => signal.aborted, tell, finish, fail };
}

describe("shared work", () => {
  it("goes on when one of two leaves, and tells the other", async () => {
    const { work, isStopped, tell, finish } = controlled();
    const first = new AbortController();
    const told: number[] = [];
    const leaving = work.join(() => told.push(-1), first.signal);
    const staying = work.join((progress) => told.push(progress));
    first.abort();
    await expect(leaving).rejects.toMatchObject({ code: "Cancelled" });
    expect(isStopped()).toBe(false);
    tell(0.5);
    finish("done");
    expect(await staying).toBe("done");
    expect(told).toEqual([0.5]);
  });

  it("is cancelled when the last one leaves, and takes nobody in any more", async () => {
    const { work, isStopped } = controlled();
    const controllers = [new AbortController(), new AbortController()];
    const joined = controllers.map(({ signal }) => work.join(undefined, signal));
    for (const controller of controllers) controller.abort();
    await Promise.allSettled(joined);
    expect(isStopped()).toBe(true);
    expect(work.isOver).toBe(true);
  });

  it("fails for all who wait", async () => {
    const { work, fail } = controlled();
    const joined = Promise.allSettled([work.join(), work.join()]);
    fail(new Error("no"));
    expect((await joined).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await work.ended;
    expect(work.isOver).toBe(true);
  });

  it("refuses a caller who has left already", async () => {
    const { work, isStopped } = controlled();
    await expect(work.join(undefined, AbortSignal.abort())).rejects.toMatchObject({
      code: "Cancelled",
    });
    expect(isStopped()).toBe(false);
  });
});
