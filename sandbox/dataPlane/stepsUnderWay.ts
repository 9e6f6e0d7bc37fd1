import { ApiError } from "./cluster/apiServer";
import { sameEachTime } from "./ipamd/failure";

/**
 * Steps of a controller that are under way, so that none is taken twice: the API server's answer comes later than the
 * next look.
 */
export class StepsUnderWay {
  private readonly keys = new Set<string>();
  private readonly lastFailures = new Map<string, string>();

  /**
   * @param log takes a failure that is another one than the last time.
   * @param onFailure what else is done about each failure. @default nothing
   */
  constructor(
    private readonly log: (line: string) => void,
    private readonly onFailure: () => void = () => undefined,
  ) {}

  /** Runs a step unless it is under way. One whose object has changed, or is gone, is not told of: the next look knows. */
  run(key: string, act: () => Promise<unknown>): void {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    act()
      .then(() => {
        this.lastFailures.delete(key);
      })
      .catch((error: unknown) => {
        if (error instanceof ApiError && [404, 409].includes(error.status)) return;
        const failure = sameEachTime(error);
        if (this.lastFailures.get(key) !== failure) this.log(`${key}: ${String(error)}`);
        this.lastFailures.set(key, failure);
        this.onFailure();
      })
      .finally(() => {
        this.keys.delete(key);
      });
  }
}
